/** What the server's frames say of a terminal's end. */
import { expect, it } from "vitest";

import { overOf } from "./terminalLink";

it("an opened terminal is not over", () => {
  expect(overOf('{"type": "opened", "id": "x"}')).toBeNull();
});

it("a shell that ended says with which status, a dash where it has none", () => {
  expect(overOf('{"type": "exit", "status": 0}')).toEqual({ reason: null, message: "0" });
  expect(overOf('{"type": "exit", "status": null}')).toEqual({ reason: null, message: "–" });
});

it("a router that forbids terminals says why", () => {
  expect(overOf('{"type": "error", "reason": "not_allowed", "message": "UCI"}')).toEqual({ reason: "not_allowed", message: "UCI" });
});
