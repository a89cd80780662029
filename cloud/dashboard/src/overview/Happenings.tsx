/** What happened in the fleet since the page was opened, newest first; each line leads to its router. */
import List from "@mui/material/List";
import ListItem from "@mui/material/ListItem";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useDataProvider, useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import { type FleetEvent, useFleetEvents } from "../api/fleetEvents";
import type { Router } from "../api/types";
import { StatusChip, type Tone } from "../shell/StatusChip";
import { When } from "../shell/When";

export const HAPPENINGS = "happenings";
const MOST = 12;
const TONES: Partial<Record<string, Tone>> = {
  "router.online": "good",
  "router.offline": "bad",
  "command.succeeded": "good",
  "command.failed": "bad",
  "command.expired": "warn",
  "command.cancelled": "off",
  "enforcement.proved": "good",
  "enforcement.unreachable": "warn",
  "enforcement.gave_up": "bad",
  "alert.raised": "bad",
  "alert.cleared": "good",
};

function useNames(events: readonly FleetEvent[]): Map<string, string> {
  const dataProvider = useDataProvider();
  const ids = [...new Set(events.flatMap((event) => event.router_id ?? []))].sort();
  const { data } = useQuery({
    queryKey: ["routers", "names", ids],
    enabled: ids.length > 0,
    queryFn: async () => (await dataProvider.getMany<Router>("routers", { ids })).data,
    placeholderData: (before) => before,
  });
  return new Map(data?.map((router) => [router.id, router.name]));
}

export function Happenings() {
  const translate = useTranslate();
  const [events, setEvents] = useState<FleetEvent[]>([]);
  useFleetEvents(useCallback((event: FleetEvent) => setEvents((before) => [event, ...before].slice(0, MOST)), []));
  const names = useNames(events);
  if (events.length === 0) return <Typography color="textSecondary">{translate("overview.quiet")}</Typography>;
  return (
    <List dense disablePadding aria-labelledby={HAPPENINGS}>
      {events.map((event) => (
        <ListItem key={`${event.at} ${event.kind} ${event.subject_id ?? ""}`} disableGutters sx={{ gap: 1, flexWrap: "wrap" }}>
          <StatusChip tone={TONES[event.kind] ?? "busy"} label={translate(`overview.event.${event.kind}`, { _: event.kind })} />
          <Typography component="span" variant="body2" sx={{ flex: 1, minWidth: 0, overflow: "hidden", textOverflow: "ellipsis" }}>
            {event.router_id && <Link to={`/routers/${event.router_id}/show`}>{names.get(event.router_id) ?? "…"}</Link>}
          </Typography>
          <Typography component="span" variant="body2" color="textSecondary">
            <When at={event.at} relative />
          </Typography>
        </ListItem>
      ))}
    </List>
  );
}
