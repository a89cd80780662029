/** What a plan gives, in words a venue would use. Pure. */
import type { Schemas } from "../api/types";
import { bytes, duration, money, rate } from "../i18n/formats";

export type Plan = Schemas["PlanOut"];
export type Given = Partial<Pick<Plan, "quota_bytes" | "period" | "rate_down_bps" | "rate_up_bps" | "max_sessions" | "valid_for_s" | "valid_for_months" | "valid_from_first_use" | "price_minor" | "currency">>;
type Translate = (key: string, options?: Record<string, unknown>) => string;

export const PERIODS: readonly Plan["period"][] = ["once", "day", "week", "month", "day_from_start", "week_from_start", "month_from_start"];

export function volumeInWords(translate: Translate, { quota_bytes: quota, period = "once" }: Given): string {
  return quota ? translate(`guests.plan.volume.${period}`, { volume: bytes(quota) }) : translate("guests.plan.unlimited");
}

export function speedInWords(translate: Translate, { rate_down_bps: down, rate_up_bps: up }: Given): string {
  if (!down && !up) return translate("guests.plan.full_speed");
  const said = (bps: number | null | undefined): string => (bps ? rate(bps) : translate("guests.plan.no_limit"));
  return translate("guests.plan.speed", { down: said(down), up: said(up) });
}

export function devicesInWords(translate: Translate, { max_sessions: most }: Given): string {
  return most ? translate("guests.plan.devices", { smart_count: most }) : translate("guests.plan.any_devices");
}

export function validityInWords(translate: Translate, given: Given): string {
  const { valid_for_s: seconds, valid_for_months: months, valid_from_first_use: fromFirstUse } = given;
  if (months) return translate("guests.plan.valid_months", { smart_count: months });
  if (!seconds) return translate("guests.plan.no_end");
  return translate(fromFirstUse ? "guests.plan.valid_from_first_use" : "guests.plan.valid_for", { span: duration(seconds) });
}

export function priceInWords(translate: Translate, { price_minor: price, currency }: Given): string {
  return price && currency ? money(price, currency) : translate("guests.plan.free");
}

/** Everything, one thought each. */
export function planInWords(translate: Translate, given: Given): string[] {
  return [volumeInWords, speedInWords, devicesInWords, validityInWords, priceInWords].map((words) => words(translate, given));
}
