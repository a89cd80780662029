/** What a command prints, as it comes. */
import { useEffect, useState } from "react";

import { API } from "../api/client";
import { follow } from "../api/events";
import type { Command } from "../api/types";

export interface Output {
  text: string;
  /** The state the command ended in; null while it runs. */
  ended: Command["state"] | null;
}

/** More than this is cut off at the beginning: a page must stay quick. */
const MOST_CHARACTERS = 2_000_000;
const NOTHING: Output = { text: "", ended: null };

export function useOutput(commandId: string | null): Output {
  const [heard, setHeard] = useState<Output & { of: string | null }>({ ...NOTHING, of: null });
  useEffect(() => {
    if (commandId === null) return undefined;
    const options = { isLast: (event: { event: string }) => event.event === "end" };
    return follow(`${API}/commands/${commandId}/output/stream`, ({ event, data }) => {
      setHeard((before) => {
        const so = before.of === commandId ? before : { ...NOTHING, of: commandId };
        if (event === "output") return { ...so, text: (so.text + data).slice(-MOST_CHARACTERS) };
        return event === "end" ? { ...so, ended: data as Command["state"] } : so;
      });
    }, options);
  }, [commandId]);
  return heard.of === commandId ? heard : NOTHING;
}
