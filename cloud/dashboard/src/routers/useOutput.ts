/** What a command prints, as it comes; and at its end, what the router says of it. */
import { useEffect, useState } from "react";

import { API, api, bodyOf } from "../api/client";
import { follow } from "../api/events";
import type { Command } from "../api/types";

export interface Output {
  text: string;
  /** The state the command ended in; null while it runs. */
  ended: Command["state"] | null;
  /** How it went, in the router's words; empty until it has ended, or where there are none. */
  message: string;
}

/** More than this is cut off at the beginning: a page must stay quick. */
const MOST_CHARACTERS = 2_000_000;
const NOTHING: Output = { text: "", ended: null, message: "" };

/** What the router said of a command, for people. */
export function messageIn(command: Command): string {
  const message = command.result?.message;
  return typeof message === "string" ? message : "";
}

async function readMessage(commandId: string): Promise<string> {
  return messageIn(await bodyOf(api.GET("/api/v1/commands/{command_id}", { params: { path: { command_id: commandId } } })));
}

export function useOutput(commandId: string | null): Output {
  const [heard, setHeard] = useState<Output & { of: string | null }>({ ...NOTHING, of: null });
  useEffect(() => {
    if (commandId === null) return undefined;
    const options = { isLast: (event: { event: string }) => event.event === "end" };
    const tell = (message: string): void => setHeard((before) => (before.of === commandId ? { ...before, message } : before));
    return follow(`${API}/commands/${commandId}/output/stream`, ({ event, data }) => {
      // The state is known without the words; a failure to read them takes nothing away.
      if (event === "end") readMessage(commandId).then(tell, () => undefined);
      setHeard((before) => {
        const so = before.of === commandId ? before : { ...NOTHING, of: commandId };
        if (event === "output") return { ...so, text: (so.text + data).slice(-MOST_CHARACTERS) };
        return event === "end" ? { ...so, ended: data as Command["state"] } : so;
      });
    }, options);
  }, [commandId]);
  return heard.of === commandId ? heard : NOTHING;
}
