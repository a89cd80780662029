/**
 * The API with its types: `api.GET("/api/v1/routers/{router_id}", { params: { path: { router_id } } })`.
 *
 * Every call carries the login and throws ApiProblem where the answer is none of 2xx.
 */
import createClient from "openapi-fetch";

import { problemOf, Unreachable } from "./problems";
import { authorization, discard } from "./session";
import type { Paths } from "./types";

export const API = "/api/v1";

/** `fetch` as whoever is signed in; a token that was ended meanwhile is renewed once. */
export async function authorizedFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await sendOnce(request);
  if (response.status !== 401) return checked(response);
  return checked(await sendOnce(again));
}

async function sendOnce(request: Request): Promise<Response> {
  const headers = await authorization();
  request.headers.set("Authorization", headers.Authorization);
  try {
    const response = await fetch(request);
    if (response.status === 401) discard(headers.Authorization.slice("Bearer ".length));
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new Unreachable();
  }
}

async function checked(response: Response): Promise<Response> {
  if (!response.ok) throw await problemOf(response);
  return response;
}

export const api = createClient<Paths>({ baseUrl: location.origin, fetch: authorizedFetch });

/** Of an answer that is JSON or, where that is asked for, a CSV file: the JSON. Text alone stays text. */
type JsonOf<T> = [Exclude<T, string>] extends [never] ? T : Exclude<T, string>;

/** The body of a typed call: `await bodyOf(api.GET(…))`. */
export async function bodyOf<T>(call: Promise<{ data?: T }>): Promise<JsonOf<T>> {
  // Failures have thrown already; the type of openapi-fetch cannot know.
  return (await call).data as JsonOf<T>;
}

/** A key that makes a repeated request one: for creating money and commands. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}
