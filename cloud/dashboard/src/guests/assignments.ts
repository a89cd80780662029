/** A guest's plans: begin one, queue one, change one, cancel one. */
import { api, newIdempotencyKey } from "../api/client";
import type { Schemas } from "../api/types";
import type { Tone } from "../shell/StatusChip";

export type Assignment = Schemas["AssignmentOut"];

export const TONES: Record<Assignment["state"], Tone> = { queued: "busy", active: "good", ended: "off", cancelled: "off" };

export function assignPlan(subscriberId: string, assignment: Schemas["AssignmentIn"], key = newIdempotencyKey()): Promise<unknown> {
  const params = { path: { subscriber_id: subscriberId }, header: { "Idempotency-Key": key } };
  return api.POST("/api/v1/subscribers/{subscriber_id}/assignments", { params, body: assignment });
}

export function changeAssignment(assignment: Assignment, changes: Schemas["AssignmentPatch"]): Promise<unknown> {
  const path = { subscriber_id: assignment.subscriber_id, assignment_id: assignment.id };
  return api.PATCH("/api/v1/subscribers/{subscriber_id}/assignments/{assignment_id}", { params: { path }, body: changes });
}

export function cancelAssignment(assignment: Assignment): Promise<unknown> {
  const path = { subscriber_id: assignment.subscriber_id, assignment_id: assignment.id };
  return api.POST("/api/v1/subscribers/{subscriber_id}/assignments/{assignment_id}/cancel", { params: { path } });
}

/** What differs, so that fields nobody touched stay as they are. */
export function differences(values: Record<string, unknown>, previous: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  // Forms keep dates as such, or as text of the local zone, and nothing as "".
  const settled = (name: string, value: unknown): unknown => {
    if (value === undefined || value === null || (value === "" && name !== "note")) return null;
    return name === "valid_until" ? new Date(value as string).toISOString() : value;
  };
  const changed = names.filter((name) => settled(name, values[name]) !== settled(name, previous[name]));
  return Object.fromEntries(changed.map((name) => [name, settled(name, values[name])]));
}
