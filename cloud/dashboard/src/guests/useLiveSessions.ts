/** Reads lists of sessions anew when the fleet says that an end was asked for or proved; many events at once make one reading. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { listenToFleet } from "../api/fleetEvents";

const GATHER_MS = 1_000;

export function useLiveSessions(): void {
  const queries = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = (): void => {
      timer = undefined;
      void queries.invalidateQueries({ queryKey: ["sessions"] });
      void queries.invalidateQueries({ queryKey: ["usage"] });
    };
    const stop = listenToFleet((event) => {
      if (event.kind.startsWith("enforcement.")) timer ??= setTimeout(read, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [queries]);
}
