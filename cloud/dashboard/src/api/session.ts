/**
 * The login: an access token in memory alone; the refresh token lies in an HttpOnly cookie that no script sees.
 *
 * A refresh token is good once, so tabs take turns (Web Locks): two that sent the same cookie would end the session.
 */
import { ApiProblem, problemOf, Unreachable } from "./problems";
import type { Schemas } from "./types";

type Tokens = Schemas["AccessToken"];
interface Held {
  token: string;
  staleAt: number;
}

const BASE = "/api/v1/auth";
/** Renewed this long before it expires, so that no request is sent with one that expires on its way. */
const MARGIN_MS = 30_000;
/** Says that this browser may hold a refresh cookie, which no script can see: nobody is asked in vain. No secret. */
const MARK = "spotfi.signed-in";
let held: Held | null = null;
let renewing: Promise<string | null> | null = null;

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${BASE}${path}`, { method: "POST", ...init });
  } catch {
    throw new Unreachable();
  }
}

function forget(): void {
  held = null;
  localStorage.removeItem(MARK);
}

function hold(tokens: Tokens): string {
  localStorage.setItem(MARK, "1");
  held = { token: tokens.access_token, staleAt: Date.now() + tokens.expires_in * 1000 - MARGIN_MS };
  return held.token;
}

/** Sign in. ApiProblem `second_factor_required` until `otp` (a code, or a recovery code) is given. */
export async function signIn(email: string, password: string, otp?: string): Promise<void> {
  const body = new URLSearchParams({ username: email, password, cookie: "true" });
  if (otp) body.set("otp", otp);
  const response = await send("/token", { body });
  if (!response.ok) throw await problemOf(response);
  hold((await response.json()) as Tokens);
}

/** Sign out, here and on the server. Signed out here even where the server is away. */
export async function signOut(): Promise<void> {
  const token = held?.token;
  forget();
  if (token) await send("/logout", { headers: { Authorization: `Bearer ${token}` } }).catch(() => undefined);
}

async function renew(): Promise<string | null> {
  if (localStorage.getItem(MARK) === null) return null;
  const response = await send("/refresh", {});
  if (response.ok) return hold((await response.json()) as Tokens);
  if (response.status === 401) {
    forget();
    return null;
  }
  throw await problemOf(response);
}

/** An access token that is good now, null where nobody is signed in. */
export async function accessToken(): Promise<string | null> {
  if (held !== null && Date.now() < held.staleAt) return held.token;
  renewing ??= inTurn(renew).finally(() => (renewing = null));
  return renewing;
}

/** Forget an access token the server refused, so that the next request fetches another. */
export function discard(token: string): void {
  if (held?.token === token) held = null;
}

/** The headers of a request by whoever is signed in. ApiProblem 401 where nobody is. */
export async function authorization(): Promise<{ Authorization: string }> {
  const token = await accessToken();
  if (token === null) throw new ApiProblem(401, "unauthenticated", "ra.notification.logged_out");
  return { Authorization: `Bearer ${token}` };
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  // Web Locks need a secure context; plain HTTP is for this machine, which is one. Elsewhere there are none.
  const locks = navigator.locks as LockManager | null | undefined;
  return locks ? await locks.request("spotfi-refresh", work) : await work();
}
