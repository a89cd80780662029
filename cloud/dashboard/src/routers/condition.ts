/** How a router is, in one word, from what it last said. What asks for attention is the API's judgement. */
import type { Router } from "../api/types";
import type { Tone } from "../shell/StatusChip";

export type Condition = "revoked" | "never" | "offline" | "attention" | "online" | "unwatched";

export const TONES: Record<Condition, Tone> = {
  online: "good",
  attention: "warn",
  offline: "bad",
  never: "off",
  unwatched: "off",
  revoked: "off",
};

export function conditionOf(router: Router): Condition {
  if (router.revoked_at) return "revoked";
  if (router.online) return (router.attention ?? []).length > 0 ? "attention" : "online";
  if (router.last_seen_at) return "offline";
  return runsAgent(router.nas_kind) ? "never" : "unwatched";
}

/** Kinds whose routers can run the agent: OpenWrt's portals. */
export function runsAgent(kind: Router["nas_kind"]): boolean {
  return kind !== "mikrotik" && kind !== "generic";
}
