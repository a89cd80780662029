/** The overview's figures: read every half minute, and soon after something happened in the fleet. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { api, bodyOf } from "../api/client";
import { listenToFleet } from "../api/fleetEvents";

const KEY = ["overview"];
const EACH_MS = 30_000;
const GATHER_MS = 1_000;

export function useOverview() {
  const queries = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = (): void => {
      timer = undefined;
      void queries.invalidateQueries({ queryKey: KEY });
    };
    const stop = listenToFleet(() => {
      timer ??= setTimeout(read, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [queries]);
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/overview", { signal })),
    refetchInterval: EACH_MS,
  });
}
