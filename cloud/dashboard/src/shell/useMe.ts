/** The signed-in account inside components. */
import { usePermissions } from "react-admin";

import { may } from "../api/authProvider";
import type { Area, Me } from "../api/types";

/** The account, undefined while it is being fetched. */
export function useMe(): Me | undefined {
  const { permissions } = usePermissions<Me>();
  return permissions;
}

/** Whether the account may read, or write, in an area. */
export function useMay(area: Area, right: "read" | "write" = "read"): boolean {
  return may(useMe(), area, right);
}
