/** What an entry of the audit log says, as lines to read. Pure. */
import type { Paths, Schemas } from "../api/types";

export type AuditEntry = Schemas["AuditEntryOut"];
type Query = NonNullable<Paths["/api/v1/audit"]["get"]["parameters"]["query"]>;
export type Kind = NonNullable<Query["kind"]>;

export interface ChangedValue {
  field: string;
  before: string | null;
  after: string | null;
}

function shown(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The values that changed, by name; null: there was, or is, none. */
export function changedValues(entry: Pick<AuditEntry, "before" | "after">): ChangedValue[] {
  const names = new Set([...Object.keys(entry.before ?? {}), ...Object.keys(entry.after ?? {})]);
  return [...names].sort().map((field) => ({ field, before: shown(entry.before?.[field]), after: shown(entry.after?.[field]) }));
}

/** `created_at` → "created at". */
export function fieldInWords(field: string): string {
  return field.replaceAll("_", " ");
}

/** What a thing is called, where the entry says it. */
export function nameIn(entry: Pick<AuditEntry, "before" | "after">): string | null {
  for (const values of [entry.after, entry.before]) {
    const found = ["name", "email", "username", "kind", "number"].map((each) => values?.[each]).find((each) => typeof each === "string");
    if (typeof found === "string") return found;
  }
  return null;
}
