/** Rules between their form and the API, and in words. Pure. */
import type { Schemas } from "../api/types";
import { duration } from "../i18n/formats";
import { figureInWords } from "./words";

export type Rule = Schemas["RuleOut"];
type Translate = (key: string, options?: Record<string, unknown>) => string;

/** Kinds that happen and do not last: over when acknowledged, or by themselves after `clear_duration_s`. */
const HAPPENINGS: readonly string[] = ["command_failed"];

export function isHappening(kind: string): boolean {
  return HAPPENINGS.includes(kind);
}

function after(translate: Translate, key: string, seconds: number): string {
  return seconds === 0 ? translate("alerts.rule.at_once") : translate(key, { time: duration(seconds) });
}

/** When it is raised: "from 90 %, for 10 min". */
export function raisedInWords(translate: Translate, rule: Rule): string {
  const limit = figureInWords(rule.threshold, rule.unit);
  const words = after(translate, "alerts.rule.for", rule.duration_s);
  return limit === null ? words : `${translate("alerts.rule.from", { limit })}, ${words}`;
}

/** When it is over: "below 80 %, for 5 min". */
export function clearedInWords(translate: Translate, rule: Rule): string {
  if (isHappening(rule.kind)) return translate("alerts.rule.acknowledged", { time: duration(rule.clear_duration_s) });
  const limit = figureInWords(rule.clear_threshold, rule.unit);
  const words = after(translate, "alerts.rule.for", rule.clear_duration_s);
  return limit === null ? words : `${translate("alerts.rule.below", { limit })}, ${words}`;
}

const FIELDS = ["enabled", "severity", "threshold", "clear_threshold", "duration_s", "clear_duration_s"] as const;

/** What the form says otherwise than the rule that holds; an empty span is none. */
export function changesOfRule(rule: Rule, values: Partial<Rule>): Schemas["RuleIn"] {
  const said = { ...values, duration_s: values.duration_s ?? 0, clear_duration_s: values.clear_duration_s ?? 0 };
  return Object.fromEntries(FIELDS.filter((name) => said[name] !== undefined && said[name] !== rule[name]).map((name) => [name, said[name]]));
}
