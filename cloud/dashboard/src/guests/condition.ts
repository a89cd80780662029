/** How an account is: may it log in. Pure. */
import type { Schemas } from "../api/types";
import type { Tone } from "../shell/StatusChip";

export type Subscriber = Schemas["SubscriberOut"];
export type Condition = "valid" | "disabled" | "not_yet" | "ended";

export const TONES: Record<Condition, Tone> = { valid: "good", disabled: "off", not_yet: "warn", ended: "off" };

export function conditionOf(subscriber: Pick<Subscriber, "disabled_at" | "valid_from" | "valid_until">, now = Date.now()): Condition {
  const { disabled_at: disabledAt, valid_from: from, valid_until: until } = subscriber;
  if (disabledAt !== null) return "disabled";
  if (until !== null && Date.parse(until) <= now) return "ended";
  return from !== null && Date.parse(from) > now ? "not_yet" : "valid";
}
