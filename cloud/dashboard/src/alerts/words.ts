/** Alerts in words and colours. Pure. */
import type { Records } from "../api/resources";
import type { Me } from "../api/types";
import { may } from "../api/authProvider";
import { duration, percent } from "../i18n/formats";
import type { Tone } from "../shell/StatusChip";

export type Alert = Records["alerts"];
export type Channel = Records["alert-channels"];
type Translate = (key: string, options?: Record<string, unknown>) => string;

const DAY_S = 86_400;
export const SEVERITIES = ["critical", "warning", "info"] as const;
export const SEVERITY_TONES: Record<Alert["severity"], Tone> = { critical: "bad", warning: "warn", info: "off" };
export const STATE_TONES: Record<Alert["state"], Tone> = { raised: "off", acknowledged: "busy", cleared: "good" };

/** What an alert can be about; kinds of guests and of money are for those who see them, an outage of all for those who see all. */
const KINDS: { kind: string; sees: (me: Me) => boolean }[] = [
  { kind: "fleet_offline", sees: (me) => me.host_id === null && me.role !== "technician" },
  { kind: "router_offline", sees: () => true },
  { kind: "telemetry_missing", sees: () => true },
  { kind: "cpu_high", sees: () => true },
  { kind: "memory_high", sees: () => true },
  { kind: "storage_high", sees: () => true },
  { kind: "temperature_high", sees: () => true },
  { kind: "quota_threshold", sees: (me) => may(me, "guests") },
  { kind: "quota_exhausted", sees: (me) => may(me, "guests") },
  { kind: "command_failed", sees: () => true },
  { kind: "invoice_overdue", sees: (me) => may(me, "money") },
];

/** The kinds an account may see, as choices of a form. */
export function kindChoices(me: Me | undefined): { id: string; name: string }[] {
  return KINDS.filter(({ sees }) => me !== undefined && sees(me)).map(({ kind }) => ({ id: kind, name: `alerts.kind.${kind}` }));
}

/** A figure of an alert or a rule, in the unit the API names: 97.5 and "%" → "98 %". Null where there is none. */
export function figureInWords(value: number | null | undefined, unit: string | null | undefined): string | null {
  if (value === null || value === undefined || !unit) return null;
  if (unit === "%") return percent(value);
  if (unit === "s") return duration(value);
  return unit === "d" ? duration(value * DAY_S) : `${Math.round(value)} ${unit}`;
}

/** What is wrong, with its figure or the command that failed: "CPU is at its limit (97 %)". */
export function whatInWords(translate: Translate, alert: Pick<Alert, "kind" | "value" | "unit" | "details">): string {
  const what = translate(`alerts.kind.${alert.kind}`, { _: alert.kind });
  const command = typeof alert.details.kind === "string" ? translate(`routers.command.${alert.details.kind}`, { _: alert.details.kind }) : null;
  const more = command ?? figureInWords(alert.value, alert.unit);
  return more === null ? what : `${what} (${more})`;
}

/** The page of what an alert is about; null where there is none this account may open. */
export function subjectAddress(alert: Alert, me: Me | undefined): string | null {
  if (alert.router_id) return may(me, "routers") ? `/routers/${alert.router_id}/show` : null;
  if (alert.kind.startsWith("quota_")) return may(me, "guests") ? `/subscribers/${alert.subject_id}/show` : null;
  if (alert.kind.startsWith("invoice_")) return may(me, "money") ? `/invoices/${alert.subject_id}/show` : null;
  return null;
}
