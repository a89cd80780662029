/** A router as it changes: what was read, then what its stream says. */
import { useEffect, useState } from "react";

import { API } from "../api/client";
import { follow } from "../api/events";
import type { Router } from "../api/types";

export function useLiveRouter(read: Router | undefined): Router | undefined {
  const [heard, setHeard] = useState<Router>();
  const id = read?.id;
  useEffect(() => {
    if (id === undefined) return undefined;
    return follow(`${API}/routers/${id}/live/stream`, (event) => {
      if (event.event === "router") setHeard(JSON.parse(event.data) as Router);
    });
  }, [id]);
  // The record read is newer where it was changed here; the stream is newer in what the router itself says.
  if (read === undefined || heard?.id !== read.id) return read;
  const { online, online_changed_at, last_seen_at, agent, latest_sample, attention } = heard;
  return { ...read, online, online_changed_at, last_seen_at, agent, latest_sample, ...(attention && { attention }) };
}
