/** What happens in the fleet, from one stream shared by all that show it. */
import { useEffect } from "react";

import { API } from "./client";
import { follow } from "./events";

export interface FleetEvent {
  at: string;
  /** `router.online`, `router.offline`, `command.<state>`, `enforcement.<state>`. */
  kind: string;
  host_id: string | null;
  router_id: string | null;
  subject_id: string | null;
  data: Record<string, unknown> | null;
}
type Listener = (event: FleetEvent) => void;

const listeners = new Set<Listener>();
let stop: (() => void) | null = null;

/** Listen until the answer is called; the stream lives while anybody listens. */
export function listenToFleet(listener: Listener): () => void {
  listeners.add(listener);
  stop ??= follow(`${API}/events`, (event) => {
    const heard = JSON.parse(event.data) as FleetEvent;
    for (const each of listeners) each(heard);
  });
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stop?.();
    stop = null;
  };
}

/** Calls `listener` with each event while the component is on the page. Memoize the listener. */
export function useFleetEvents(listener: Listener): void {
  useEffect(() => listenToFleet(listener), [listener]);
}
