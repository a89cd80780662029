/** What the audit log can be narrowed to; TypeScript checks that the API knows each. */
import type { Kind } from "./audit";

const KINDS: Kind[] = [
  "hosts", "host_logos", "staff_accounts", "staff_hosts", "staff_sessions", "second_factors", "api_keys", "routers", "commands",
  "terminal_sessions", "plans", "subscribers", "assignments", "top_ups", "voucher_batches", "subscriber_imports", "tariffs",
  "billing_parties", "invoices", "payments", "payment_allocations", "alerts", "alert_rules", "alert_channels",
];

export const KIND_CHOICES = KINDS.map((id) => ({ id, name: `administration.audit.kind.${id}` }));
