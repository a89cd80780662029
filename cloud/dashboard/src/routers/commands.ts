/** Orders to routers. */
import { api, bodyOf, newIdempotencyKey } from "../api/client";
import type { Command, Schemas } from "../api/types";

type CommandIn = Partial<Schemas["CommandIn"]> & { kind: string };

const DEADLINE_S = 300;
const OPEN: readonly Command["state"][] = ["queued", "sent", "accepted"];

/** Queue a command; the same `key` again queues nothing. */
export async function sendCommand(routerId: string, command: CommandIn, key = newIdempotencyKey()): Promise<Command> {
  return bodyOf(
    api.POST("/api/v1/routers/{router_id}/commands", {
      params: { path: { router_id: routerId }, header: { "idempotency-key": key } },
      body: { args: {}, deadline_s: DEADLINE_S, limit_s: null, ...command },
    }),
  );
}

export async function cancelCommand(id: string): Promise<Command> {
  return bodyOf(api.POST("/api/v1/commands/{command_id}/cancel", { params: { path: { command_id: id } } }));
}

/** Whether the router may still change the command's state. */
export function isOpen(command: Command): boolean {
  return OPEN.includes(command.state);
}
