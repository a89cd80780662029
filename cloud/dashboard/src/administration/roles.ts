/** The four roles, for choosing; what each may do is said in words by the translations. */
import type { Schemas } from "../api/types";

export type Role = Schemas["Role"];

export const ROLES: { id: Role; name: string }[] = (["admin", "support", "technician", "host"] as const).map((id) => ({
  id,
  name: `administration.role.${id}`,
}));
