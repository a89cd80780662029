/** How far something a router was asked to do has got; it is done when the router's own words prove it. Pure. */
import type { Schemas } from "../api/types";
import type { Tone } from "../shell/StatusChip";

export type Enforcement = Schemas["EnforcementOut"];
export type Change = Schemas["ChangeOut"];

/** Of ending a session. */
const ENDING: Record<string, Tone> = {
  pending: "busy",
  sent: "busy",
  acknowledged: "busy",
  refused: "warn",
  unreachable: "warn",
  proved: "good",
  lapsed: "off",
};
/** Of new limits for an open session. */
const CHANGE: Record<string, Tone> = {
  pending: "busy",
  sent: "busy",
  unreachable: "warn",
  acknowledged: "good",
  refused: "bad",
  gave_up: "bad",
  deferred: "warn",
  lapsed: "off",
};

export function toneOfEnding(state: string): Tone {
  return ENDING[state] ?? "busy";
}

export function toneOfChange(state: string): Tone {
  return CHANGE[state] ?? "busy";
}

/** Whether it is still tried, or awaited. */
export function isUnderWay(enforcement: Pick<Enforcement, "state"> | null | undefined): boolean {
  return enforcement !== null && enforcement !== undefined && !["proved", "lapsed"].includes(enforcement.state);
}
