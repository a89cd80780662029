/** Guests who are online on this router, and their way out: asked for is pending until the session's end proves it. */
import Button from "@mui/material/Button";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { Confirm, DataTable, ListBase, Pagination, useNotify, useTranslate } from "react-admin";

import { api } from "../api/client";
import { type FleetEvent, useFleetEvents } from "../api/fleetEvents";
import { messageOf } from "../api/problems";
import type { Session } from "../api/types";
import { bytes, duration } from "../i18n/formats";
import { Message } from "../shell/Message";
import { StatusChip } from "../shell/StatusChip";
import { useMay } from "../shell/useMe";
import { When } from "../shell/When";
import type { TabProps } from "./RouterShow";

const REFRESH_MS = 10_000;

export default function GuestsTab({ router }: TabProps) {
  const translate = useTranslate();
  const queries = useQueryClient();
  const writes = useMay("guests", "write");
  const onEvent = useCallback(
    (event: FleetEvent) => {
      if (event.kind.startsWith("enforcement.") && event.router_id === router.id) void queries.invalidateQueries({ queryKey: ["sessions"] });
    },
    [queries, router.id],
  );
  useFleetEvents(onEvent);
  return (
    <ListBase resource="sessions" filter={{ router_id: router.id, open: true }} perPage={50} disableSyncWithLocation queryOptions={{ refetchInterval: REFRESH_MS }}>
      <DataTable bulkActionButtons={false} rowClick={false} size="small" empty={<Message title={translate("routers.guests.empty")} />}>
        <DataTable.Col source="username" disableSort />
        <DataTable.Col source="calling_station_id" disableSort />
        <DataTable.Col source="framed_ip" disableSort />
        <DataTable.Col source="started_at" disableSort render={(record) => <When at={(record as Session).started_at} relative />} />
        <DataTable.Col source="session_time_s" align="right" disableSort render={(record) => duration((record as Session).session_time_s)} />
        <DataTable.Col source="down_bytes" align="right" disableSort render={(record) => bytes((record as Session).down_bytes)} />
        <DataTable.Col source="up_bytes" align="right" disableSort render={(record) => bytes((record as Session).up_bytes)} />
        {writes && <DataTable.Col label={false} source="id" disableSort render={(record) => <Kick session={record as Session} />} />}
      </DataTable>
      <Pagination />
    </ListBase>
  );
}

function Kick({ session }: { session: Session }) {
  const translate = useTranslate();
  const notify = useNotify();
  const [state, setState] = useState<"idle" | "asking" | "pending">("idle");
  const kick = async () => {
    setState("pending");
    try {
      await api.POST("/api/v1/sessions/{session_id}/disconnect", { params: { path: { session_id: session.id } } });
    } catch (error) {
      notify(messageOf(error), { type: "error" });
      setState("idle");
    }
  };
  if (state === "pending") return <StatusChip tone="busy" label={translate("routers.guests.pending")} />;
  return (
    <>
      <Button color="error" onClick={() => setState("asking")}>
        {translate("routers.guests.kick")}
      </Button>
      <Confirm
        isOpen={state === "asking"}
        title={translate("routers.guests.kick_title", { name: session.username })}
        content={translate("routers.guests.kick_text")}
        onConfirm={() => void kick()}
        onClose={() => setState("idle")}
      />
    </>
  );
}
