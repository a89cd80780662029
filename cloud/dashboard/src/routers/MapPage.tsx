/** `/map`: the routers where they stand, and how they are. What is seen is in the address; moves as routers come and go. */
import PlaceIcon from "@mui/icons-material/PlaceOutlined";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import IconButton from "@mui/material/IconButton";
import CloseIcon from "@mui/icons-material/CloseOutlined";
import Stack from "@mui/material/Stack";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Loading, Title, useTranslate } from "react-admin";
import { Link, useSearchParams } from "react-router-dom";

import { api, bodyOf } from "../api/client";
import type { Schemas } from "../api/types";
import { Message } from "../shell/Message";
import { PageError } from "../shell/PageError";
import { StatusChip } from "../shell/StatusChip";
import { useLiveList } from "../shell/useLiveList";
import { TONES } from "./condition";
import { MapCanvas } from "./MapCanvas";
import { MOST_ZOOM, textOf, type View, viewFrom, viewOf } from "./mapView";
import { Markers, type Positioned } from "./Markers";

const SETTLED_MS = 400;
const READ_AGAIN_MS = 60_000;

export default function MapPage() {
  const translate = useTranslate();
  const { data, error, refetch } = useQuery({
    queryKey: ["routers", "positions"],
    refetchInterval: READ_AGAIN_MS,
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/routers/positions", { signal })),
  });
  useLiveList("routers");
  return (
    <Stack spacing={1.5}>
      <Title title={translate("routers.map.title")} />
      {error && <PageError error={error} resetErrorBoundary={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.items.length === 0 && (
        <Message icon={PlaceIcon} title={translate("routers.map.empty")} text={translate("routers.map.empty_text")} action={<Button component={Link} to="/routers">{translate("resources.routers.name", { smart_count: 2 })}</Button>} />
      )}
      {data && data.items.length > 0 && <Shown positions={data} />}
    </Stack>
  );
}

/** What is seen, from the address at first, and written there once it has settled. */
function useView() {
  const [query, setQuery] = useSearchParams();
  const [view, setView] = useState<View | null>(() => viewFrom(query.get("at")));
  useEffect(() => {
    const timer = setTimeout(() => setQuery(view ? { at: textOf(view) } : {}, { replace: true }), SETTLED_MS);
    return () => clearTimeout(timer);
    // The way to set the address is another one after each change of it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [view]);
  return [view, setView] as const;
}

function Shown({ positions }: { positions: Schemas["Positions"] }) {
  const translate = useTranslate();
  const [view, setView] = useView();
  const [open, setOpen] = useState<string[]>([]);
  const opened = positions.items.filter((each) => open.includes(each.id));
  const show = (members: Positioned[], now: View, size: { width: number; height: number }) => {
    const near = viewOf(members, size);
    if (members.length > 1 && now.zoom < Math.min(near.zoom, MOST_ZOOM) - 0.1) setView(near);
    else setOpen(members.map((each) => each.id));
  };
  return (
    <>
      {positions.unplaced > 0 && <Alert severity="info">{translate("routers.map.unplaced", { smart_count: positions.unplaced })}</Alert>}
      <Card sx={{ position: "relative" }}>
        <MapCanvas view={view} fit={positions.items} onMove={setView} onFit={() => setView(null)} tilesUrl={positions.tiles_url} label={translate("routers.map.title")}>
          {(now, size) => <Markers items={positions.items} view={now} size={size} onOpen={(members) => show(members, now, size)} />}
        </MapCanvas>
        {opened.length > 0 && <Opened items={opened} onClose={() => setOpen([])} />}
      </Card>
    </>
  );
}

/** The routers that were chosen, with the way to their pages. */
function Opened({ items, onClose }: { items: Positioned[]; onClose: () => void }) {
  const translate = useTranslate();
  return (
    <Card sx={{ position: "absolute", insetInlineStart: 12, insetBlockEnd: 28, minWidth: 240, maxWidth: "calc(100% - 24px)", maxHeight: "50%", overflow: "auto", padding: 1.5 }}>
      <Stack direction="row" spacing={1} sx={{ alignItems: "start" }}>
        <Box component="ul" sx={{ listStyle: "none", margin: 0, padding: 0, flex: 1 }}>
          {items.map((each) => (
            <Stack component="li" key={each.id} direction="row" spacing={1} sx={{ alignItems: "center", paddingBlock: 0.5 }}>
              <StatusChip tone={TONES[each.condition]} label={translate(`routers.condition.${each.condition}`)} />
              <Link to={`/routers/${each.id}/show`}>
                <bdi>{each.name}</bdi>
              </Link>
            </Stack>
          ))}
        </Box>
        <IconButton size="small" onClick={onClose} aria-label={translate("app.close")}>
          <CloseIcon fontSize="small" />
        </IconButton>
      </Stack>
    </Card>
  );
}
