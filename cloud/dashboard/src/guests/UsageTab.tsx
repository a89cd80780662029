/** What is left, how it was used across routers, and the sessions that are open with how far what was asked of them got. */
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import LinearProgress from "@mui/material/LinearProgress";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { DataTable, ListBase, Loading, ReferenceField, RecordContextProvider, useTranslate } from "react-admin";

import { api, bodyOf } from "../api/client";
import type { Schemas, Session } from "../api/types";
import { bytes, percent } from "../i18n/formats";
import { Message } from "../shell/Message";
import { PageError } from "../shell/PageError";
import { StatusChip } from "../shell/StatusChip";
import { When } from "../shell/When";
import { toneOfChange } from "./proof";
import { SessionColumns } from "./SessionColumns";
import type { TabProps } from "./SubscriberShow";
import { useLiveSessions } from "./useLiveSessions";

type Usage = Schemas["UsageOut"];
const REFRESH_MS = 5_000;
const NEARLY = 0.9;

export default function UsageTab({ subscriber }: TabProps) {
  const translate = useTranslate();
  useLiveSessions();
  const { data, error, refetch } = useQuery({
    queryKey: ["usage", subscriber.id],
    queryFn: () => bodyOf(api.GET("/api/v1/subscribers/{subscriber_id}/usage", { params: { path: { subscriber_id: subscriber.id } } })),
    refetchInterval: REFRESH_MS,
  });
  if (error) return <PageError error={error} resetErrorBoundary={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <Stack spacing={3}>
      <Quota usage={data} />
      <div>
        <Typography variant="h3" gutterBottom>
          {translate("guests.usage.by_router")}
        </Typography>
        {data.by_router.length === 0 ? <Typography color="textSecondary">{translate("guests.usage.none")}</Typography> : <Bars usage={data} />}
      </div>
      <OpenSessions usage={data} subscriberId={subscriber.id} />
    </Stack>
  );
}

function Quota({ usage }: { usage: Usage }) {
  const translate = useTranslate();
  const { quota_bytes: quota, used_bytes: used, remaining_bytes: left } = usage;
  const share = quota ? Math.min(used / quota, 1) : 0;
  const label = quota === null ? translate("guests.usage.unlimited", { used: bytes(used) }) : translate("guests.usage.left", { left: bytes(left), quota: bytes(quota) });
  return (
    <div>
      <Stack direction="row" useFlexGap sx={{ justifyContent: "space-between", alignItems: "baseline", flexWrap: "wrap", gap: 1, marginBlockEnd: 1 }}>
        <Typography sx={{ fontSize: "1.35rem", fontWeight: 650 }}>{label}</Typography>
        {quota !== null && left === 0 && <StatusChip tone="bad" label={translate("guests.usage.used_up")} />}
      </Stack>
      {quota !== null && (
        <LinearProgress
          variant="determinate"
          value={share * 100}
          aria-label={translate("guests.usage.share", { share: percent(share * 100) })}
          color={share >= 1 ? "error" : share >= NEARLY ? "warning" : "primary"}
          sx={{ height: 10, borderRadius: 1 }}
        />
      )}
      <Typography color="textSecondary" variant="body2" component="div" sx={{ marginBlockStart: 1 }}>
        {quota !== null && <>{translate("guests.usage.used", { used: bytes(used), share: percent(share * 100) })} · </>}
        {translate("guests.usage.since")} <When at={usage.period_start} />
        {usage.period_end && (
          <>
            {" · "}
            {translate("guests.usage.afresh")} <When at={usage.period_end} />
          </>
        )}
      </Typography>
    </div>
  );
}

function Bars({ usage }: { usage: Usage }) {
  const translate = useTranslate();
  const rows = usage.by_router.toSorted((one, other) => other.down_bytes + other.up_bytes - one.down_bytes - one.up_bytes);
  const most = Math.max(...rows.map((row) => row.down_bytes + row.up_bytes), 1);
  return (
    <Stack spacing={1.25}>
      {rows.map((row) => (
        <RecordContextProvider key={row.router_id} value={{ ...row, id: row.router_id }}>
          <Box>
            <Stack direction="row" sx={{ justifyContent: "space-between", gap: 2 }}>
              <ReferenceField source="router_id" reference="routers" link="show" />
              <Typography variant="body2">{translate("guests.usage.both", { down: bytes(row.down_bytes), up: bytes(row.up_bytes) })}</Typography>
            </Stack>
            <Box aria-hidden sx={{ display: "flex", height: 12, borderRadius: 1, overflow: "hidden", backgroundColor: "action.hover" }}>
              <Box sx={{ width: `${(row.down_bytes / most) * 100}%`, backgroundColor: (theme) => theme.palette.series[0] }} />
              <Box sx={{ width: `${(row.up_bytes / most) * 100}%`, backgroundColor: (theme) => theme.palette.series[1] }} />
            </Box>
          </Box>
        </RecordContextProvider>
      ))}
    </Stack>
  );
}

function OpenSessions({ usage, subscriberId }: { usage: Usage; subscriberId: string }) {
  const translate = useTranslate();
  const known = new Map(usage.open_sessions.flatMap(({ session_id: id, enforcement }) => (enforcement ? [[id, enforcement] as const] : [])));
  const changes = new Map(usage.open_sessions.flatMap(({ session_id: id, change }) => (change ? [[id, change] as const] : [])));
  return (
    <div>
      <Typography variant="h3" gutterBottom>
        {translate("guests.usage.open_sessions")}
      </Typography>
      <Card sx={{ overflowX: "auto", "& time, & a": { whiteSpace: "nowrap" } }}>
        <ListBase resource="sessions" filter={{ subscriber_id: subscriberId, open: true }} sort={{ field: "id", order: "DESC" }} perPage={25} disableSyncWithLocation queryOptions={{ refetchInterval: REFRESH_MS }}>
          <DataTable bulkActionButtons={false} rowClick={false} size="small" empty={<Message title={translate("guests.usage.not_online")} />}>
            <SessionColumns ofOne known={known} />
            {changes.size > 0 && <DataTable.Col source="change" disableSort render={(record) => <Limits change={changes.get((record as Session).id)} />} />}
          </DataTable>
        </ListBase>
      </Card>
    </div>
  );
}

/** How far telling the router the new limits got. */
function Limits({ change }: { change: Schemas["ChangeOut"] | undefined }) {
  const translate = useTranslate();
  if (!change) return null;
  return <StatusChip tone={toneOfChange(change.state)} label={translate(`guests.change.${change.state}`, { _: change.state })} {...(change.answer && { why: change.answer })} />;
}
