/** How a router is, in one word, from what it last said. */
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

/** From here on a figure asks for attention. */
export const LIMITS = { cpu_percent: 90, memory_percent: 90, disk_percent: 90, temperature_c: 80, loss_percent: 10 } as const;

/** Share in use of what there is, in percent. */
export function usedPercent(total: number | null | undefined, free: number | null | undefined): number | null {
  if (!total || free === null || free === undefined) return null;
  return (100 * (total - free)) / total;
}

/** What about an online router asks for attention: translation keys below `routers.attention`. */
export function complaintsOf(router: Router): string[] {
  const sample = router.latest_sample;
  if (!router.online || !sample) return [];
  const disk = sample.disk_total_bytes && sample.disk_used_bytes ? (100 * sample.disk_used_bytes) / sample.disk_total_bytes : 0;
  const memory = usedPercent(sample.memory_total_bytes, sample.memory_available_bytes) ?? 0;
  const found: [string, boolean][] = [
    ["cpu", (sample.cpu_percent ?? 0) >= LIMITS.cpu_percent],
    ["memory", memory >= LIMITS.memory_percent],
    ["disk", disk >= LIMITS.disk_percent],
    ["temperature", (sample.temperature_c ?? 0) >= LIMITS.temperature_c],
    ["loss", (sample.loss_percent ?? 0) >= LIMITS.loss_percent],
    ["wan", sample.wan_up === false],
  ];
  return found.filter(([, holds]) => holds).map(([name]) => name);
}

export function conditionOf(router: Router): Condition {
  if (router.revoked_at) return "revoked";
  if (router.online) return complaintsOf(router).length > 0 ? "attention" : "online";
  if (router.last_seen_at) return "offline";
  return runsAgent(router.nas_kind) ? "never" : "unwatched";
}

/** Kinds that run the agent, as `NasKind.runs_agent` has it. */
export function runsAgent(kind: Router["nas_kind"]): boolean {
  return kind !== "mikrotik" && kind !== "generic";
}
