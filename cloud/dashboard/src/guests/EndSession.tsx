/** Ends a session, and shows how far that got: asked for is pending, and done only when the router's Stop has proved it. */
import Button from "@mui/material/Button";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Confirm, useNotify, useRefresh, useTranslate } from "react-admin";

import { api, bodyOf } from "../api/client";
import { messageOf } from "../api/problems";
import type { Session } from "../api/types";
import { StatusChip } from "../shell/StatusChip";
import { useMay } from "../shell/useMe";
import { type Enforcement, isUnderWay, toneOfEnding } from "./proof";

const POLL_MS = 1_000;

async function askToEnd(sessionId: string): Promise<Enforcement> {
  return bodyOf(api.POST("/api/v1/sessions/{session_id}/disconnect", { params: { path: { session_id: sessionId } } }));
}

async function readEnforcement(sessionId: string): Promise<Enforcement | null> {
  const call = api.GET("/api/v1/sessions/{session_id}/enforcement", { params: { path: { session_id: sessionId } } });
  return (await bodyOf(call)) ?? null;
}

export function EnforcementChip({ enforcement }: { enforcement: Enforcement }) {
  const translate = useTranslate();
  const { state, attempts, answer, reason } = enforcement;
  const why = [
    translate(`guests.ending.reason.${reason}`, { _: reason }),
    ...(attempts > 0 ? [translate("guests.ending.attempts", { smart_count: attempts })] : []),
    ...(answer ? [answer] : []),
  ];
  return <StatusChip tone={toneOfEnding(state)} label={translate(`guests.ending.${state}`, { _: state })} why={why.join(" · ")} />;
}

/** `known`: how far ending it got already, where that was read with the session. */
export function EndSession({ session, known = null }: { session: Pick<Session, "id" | "username">; known?: Enforcement | null }) {
  const translate = useTranslate();
  const notify = useNotify();
  const refresh = useRefresh();
  const writes = useMay("guests", "write");
  const [state, setState] = useState<"idle" | "asking" | "sending" | "asked">("idle");
  const followed = state === "asked" || isUnderWay(known);
  const { data } = useQuery({
    queryKey: ["enforcement", session.id],
    queryFn: () => readEnforcement(session.id),
    enabled: followed,
    refetchInterval: (query) => (query.state.data && !isUnderWay(query.state.data) ? false : POLL_MS),
  });
  const enforcement = followed ? (data ?? known) : known;
  useTold(enforcement, session.username, state === "asked");
  const end = async () => {
    setState("sending");
    try {
      await askToEnd(session.id);
      setState("asked");
    } catch (error) {
      setState("idle");
      notify(messageOf(error), { type: "error" });
      refresh();
    }
  };
  if (enforcement) return <EnforcementChip enforcement={enforcement} />;
  if (!writes) return null;
  if (state === "sending" || state === "asked") return <StatusChip tone="busy" label={translate("guests.ending.pending")} />;
  return (
    <>
      <Button color="error" onClick={() => setState("asking")}>
        {translate("guests.ending.end")}
      </Button>
      <Confirm
        isOpen={state === "asking"}
        title={translate("guests.ending.title", { name: session.username })}
        content={translate("guests.ending.text")}
        onConfirm={() => void end()}
        onClose={() => setState("idle")}
      />
    </>
  );
}

/** Says once that the end is proved, and has the lists read anew. */
function useTold(enforcement: Enforcement | null, name: string, asked: boolean): void {
  const notify = useNotify();
  const refresh = useRefresh();
  const told = useRef(false);
  const proved = enforcement?.state === "proved";
  useEffect(() => {
    if (!asked || !proved || told.current) return;
    told.current = true;
    notify("guests.ending.told", { type: "success", messageArgs: { name } });
    refresh();
  }, [asked, proved, name, notify, refresh]);
}
