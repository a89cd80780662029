/** Errors as the API tells them (RFC 9457), in the form react-admin's forms and notifications understand. */
import { HttpError } from "ra-core";

import type { Problem } from "./types";

/** The code of a change that somebody else was faster with (If-Match). */
export const STALE = "stale";

/** `message` is a sentence for people, or a translation key; `code` is for programs; `body.errors` names the fields that are wrong. */
export class ApiProblem extends HttpError {
  readonly code: string;

  constructor(status: number, code: string, detail: string, fields: Problem["errors"] = null) {
    const errors = Object.fromEntries((fields ?? []).map((each) => [each.field, each.message]));
    super(code === STALE ? "app.problem.stale" : detail, status, Object.keys(errors).length > 0 ? { errors } : {});
    // react-admin's constructor makes everything a plain HttpError.
    Object.setPrototypeOf(this, new.target.prototype);
    this.name = "ApiProblem";
    this.code = code;
  }
}

/** The server could not be reached at all. `message` is a translation key. */
export class Unreachable extends ApiProblem {
  constructor() {
    super(0, "unreachable", "app.problem.unreachable");
  }
}

/** The problem a response describes; a front such as nginx may answer with something else. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  try {
    const problem = (await response.json()) as Problem;
    return new ApiProblem(response.status, problem.code, problem.detail, problem.errors);
  } catch {
    return new ApiProblem(response.status, "unexpected", "app.problem.unexpected");
  }
}

/** What to show for anything that was thrown: a sentence, or a translation key. */
export function messageOf(error: unknown): string {
  return error instanceof Error && error.message ? error.message : "app.problem.unexpected";
}
