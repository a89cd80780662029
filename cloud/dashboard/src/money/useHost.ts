/** The host a page is about: the account's own, the one in the address, else the newest. */
import { useGetList, useGetOne } from "react-admin";
import { useSearchParams } from "react-router-dom";

import type { Host } from "../api/types";
import { useMe } from "../shell/useMe";

interface Found {
  host: Host | undefined;
  isPending: boolean;
  error: Error | null;
  /** Whether there may be others to choose from. */
  mayChoose: boolean;
}

export function useHost(): Found {
  const me = useMe();
  const [query] = useSearchParams();
  const id = me?.host_id ?? query.get("host");
  const one = useGetOne<Host>("hosts", { id: id ?? "" }, { enabled: Boolean(id) });
  const newest = useGetList<Host>(
    "hosts",
    { pagination: { page: 1, perPage: 1 }, sort: { field: "created_at", order: "DESC" } },
    { enabled: me !== undefined && !id },
  );
  const found = id ? one.data : newest.data?.[0];
  return { host: found, isPending: !found && (id ? one.isPending : newest.isPending), error: id ? one.error : newest.error, mayChoose: me !== undefined && !me.host_id };
}
