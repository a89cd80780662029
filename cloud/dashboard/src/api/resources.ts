/**
 * The API's lists as react-admin resources. To add one: its path, what it can be sorted by (as /docs says), and its record.
 *
 * TypeScript checks the paths against the API's document.
 */
import type { Paths, Schemas } from "./types";

export interface ResourceSpec {
  /** Path of the list; `{router_id}` and the like are taken from the filter. */
  list: keyof Paths;
  /** Path of one, where it is not the list's path and the id. */
  one?: keyof Paths;
  /** What `?sort=` takes. The first, descending, is the API's own order. */
  sorts: readonly string[];
}

export const RESOURCES = {
  routers: { list: "/api/v1/routers", sorts: ["created_at", "name"] },
  commands: { list: "/api/v1/routers/{router_id}/commands", one: "/api/v1/commands/{command_id}", sorts: [] },
  hosts: { list: "/api/v1/hosts", sorts: ["created_at", "name"] },
  plans: { list: "/api/v1/plans", sorts: ["created_at", "name"] },
  subscribers: { list: "/api/v1/subscribers", sorts: ["created_at", "username"] },
  assignments: { list: "/api/v1/subscribers/{subscriber_id}/assignments", sorts: [] },
  "top-ups": { list: "/api/v1/subscribers/{subscriber_id}/top-ups", sorts: [] },
  "voucher-batches": { list: "/api/v1/voucher-batches", sorts: ["created_at"] },
  vouchers: { list: "/api/v1/voucher-batches/{batch_id}/vouchers", sorts: [] },
  sessions: { list: "/api/v1/sessions", sorts: ["id"] },
  "login-attempts": { list: "/api/v1/login-attempts", sorts: ["id"] },
  invoices: { list: "/api/v1/invoices", sorts: ["period", "total_minor"] },
  payments: { list: "/api/v1/payments", sorts: ["created_at"] },
  staff: { list: "/api/v1/staff", sorts: ["created_at", "email"] },
  audit: { list: "/api/v1/audit", sorts: [] },
  alerts: { list: "/api/v1/alerts", sorts: ["raised_at"] },
  "alert-channels": { list: "/api/v1/alert-channels", sorts: ["created_at"] },
  "alert-deliveries": { list: "/api/v1/alert-channels/{channel_id}/deliveries", sorts: ["created_at"] },
} as const satisfies Record<string, ResourceSpec>;

export type ResourceName = keyof typeof RESOURCES;

/** What a record of each resource looks like; `useRecordContext<Records["routers"]>()`. */
export interface Records {
  routers: Schemas["RouterOut"];
  commands: Schemas["CommandOut"];
  hosts: Schemas["HostOut"];
  plans: Schemas["PlanOut"];
  subscribers: Schemas["SubscriberOut"];
  assignments: Schemas["AssignmentOut"];
  "top-ups": Schemas["TopUpOut"];
  "voucher-batches": Schemas["VoucherBatchOut"];
  vouchers: Schemas["VoucherOut"];
  sessions: Schemas["SessionOut"];
  "login-attempts": Schemas["LoginAttemptOut"];
  invoices: Schemas["InvoiceOut"];
  payments: Schemas["PaymentOut"];
  staff: Schemas["StaffAccountOut"];
  audit: Schemas["AuditEntryOut"];
  alerts: Schemas["AlertOut"];
  "alert-channels": Schemas["ChannelOut"];
  "alert-deliveries": Schemas["DeliveryOut"];
}

/** The path of a resource's list; fills `{names}` from the filter and leaves the rest of the filter. */
export function listPath(resource: string, filter: Record<string, unknown>): [string, Record<string, unknown>] {
  const rest = { ...filter };
  const path = specOf(resource).list.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name];
    if (typeof value !== "string") throw new Error(`a list of ${resource} needs ${name} in its filter`);
    Reflect.deleteProperty(rest, name);
    return encodeURIComponent(value);
  });
  return [path, rest];
}

/** The path of one record. */
export function onePath(resource: string, id: unknown): string {
  const spec = specOf(resource);
  const encoded = encodeURIComponent(String(id));
  return spec.one === undefined ? `${spec.list}/${encoded}` : spec.one.replace(/\{\w+\}/, encoded);
}

export function specOf(resource: string): ResourceSpec {
  const spec = (RESOURCES as Record<string, ResourceSpec>)[resource];
  if (spec === undefined) throw new Error(`api/resources.ts has no resource ${resource}`);
  return spec;
}
