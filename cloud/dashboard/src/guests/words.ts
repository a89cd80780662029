/** Why sessions end and logins are refused, in the language of the page; what is unknown here is said as the API says it. */
import type { Schemas, Session } from "../api/types";

export type Attempt = Schemas["LoginAttemptOut"];
type Translate = (key: string, options?: Record<string, unknown>) => string;

/** Causes of RFC 2866 §5.10, and `lost-contact`, which is the cloud's own. */
export const CAUSES = [
  "user-request",
  "lost-carrier",
  "lost-service",
  "idle-timeout",
  "session-timeout",
  "admin-reset",
  "admin-reboot",
  "nas-error",
  "nas-request",
  "nas-reboot",
  "nas-shutdown",
  "service-unavailable",
  "lost-contact",
] as const;

export const OUTCOMES = [
  "accepted",
  "unknown_user",
  "wrong_password",
  "needs_pap",
  "disabled",
  "host_suspended",
  "not_yet_valid",
  "validity_ended",
  "quota_used_up",
  "too_many_sessions",
] as const;

export function endingInWords(translate: Translate, session: Session): string {
  if (!session.ended_at) return "";
  const cause = session.terminate_cause ?? "none";
  return translate(`guests.cause.${cause}`, { _: session.ending ?? cause });
}

export function outcomeInWords(translate: Translate, outcome: string): string {
  return translate(`guests.outcome.${outcome}`, { _: outcome.replaceAll("_", " ") });
}
