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
  const comparable = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : (value ?? null));
  return Object.fromEntries(names.filter((name) => comparable(values[name]) !== comparable(previous[name])).map((name) => [name, values[name] ?? null]));
}
