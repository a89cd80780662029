/** Ends a session, and shows how far that got: asked for is pending, and done only when the router's Stop has proved it. */
import Button from "@mui/material/Button";
import { useState } from "react";
import { Confirm, useNotify, useRefresh, useTranslate } from "react-admin";

import { api, bodyOf } from "../api/client";
import { messageOf } from "../api/problems";
import type { Session } from "../api/types";
import { StatusChip } from "../shell/StatusChip";
import { useMay } from "../shell/useMe";
import { type Enforcement, isUnderWay, toneOfEnding } from "./proof";

const POLL_MS = 1_000;
const FOLLOWED_MS = 120_000;

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

/** Reads on until the end is proved, or nobody may be waiting any more. */
async function follow(sessionId: string, tell: (enforcement: Enforcement) => void): Promise<Enforcement | null> {
  const end = Date.now() + FOLLOWED_MS;
  for (;;) {
    const enforcement = await readEnforcement(sessionId);
    if (enforcement) tell(enforcement);
    if (!isUnderWay(enforcement) || Date.now() > end) return enforcement;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** `known`: how far ending it got already, where that was read with the session. */
export function EndSession({ session, known = null }: { session: Pick<Session, "id" | "username">; known?: Enforcement | null }) {
  const translate = useTranslate();
  const notify = useNotify();
  const refresh = useRefresh();
  const writes = useMay("guests", "write");
  const [asking, setAsking] = useState(false);
  const [asked, setAsked] = useState<Enforcement | "sending" | null>(null);
  const end = async () => {
    setAsking(false);
    setAsked("sending");
    try {
      setAsked(await askToEnd(session.id));
      // Goes on where the row is gone: a list of open sessions loses it at the proof.
      const last = await follow(session.id, setAsked);
      if (last?.state === "proved") notify("guests.ending.told", { type: "success", messageArgs: { name: session.username } });
    } catch (error) {
      setAsked(null);
      notify(messageOf(error), { type: "error" });
    }
    refresh();
  };
  if (asked === "sending") return <StatusChip tone="busy" label={translate("guests.ending.pending")} />;
  const enforcement = asked ?? known;
  if (enforcement) return <EnforcementChip enforcement={enforcement} />;
  if (!writes) return null;
  return (
    <>
      <Button color="error" onClick={() => setAsking(true)}>
        {translate("guests.ending.end")}
      </Button>
      <Confirm
        isOpen={asking}
        title={translate("guests.ending.title", { name: session.username })}
        content={translate("guests.ending.text")}
        onConfirm={() => void end()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
