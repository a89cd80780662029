/** Reads a list anew when the fleet says that something in it changed; many events at once make one reading. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { listenToFleet } from "../api/fleetEvents";

const GATHER_MS = 1_000;
const PREFIX = { routers: "router.", commands: "command.", alerts: "alert." } as const;

export function useLiveList(resource: keyof typeof PREFIX): void {
  const queries = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = (): void => {
      timer = undefined;
      void queries.invalidateQueries({ queryKey: [resource] });
    };
    const stop = listenToFleet((event) => {
      if (event.kind.startsWith(PREFIX[resource])) timer ??= setTimeout(read, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [queries, resource]);
}
