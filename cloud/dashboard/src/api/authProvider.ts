/** Who is signed in and what they may do, as react-admin asks for it. Rights are the API's own words: see `GET /auth/me`. */
import type { AuthProvider } from "react-admin";

import { api, bodyOf } from "./client";
import { ApiProblem } from "./problems";
import { accessToken, signIn, signOut } from "./session";
import type { Area, Me } from "./types";

export interface Login {
  username: string;
  password: string;
  otp?: string;
}

let me: Promise<Me> | null = null;

/** The account that is signed in. */
export async function fetchMe(): Promise<Me> {
  me ??= bodyOf(api.GET("/api/v1/auth/me")).catch((error: unknown) => {
    me = null;
    throw error;
  });
  return me;
}

/** Ask anew who one is, after a change of one's own account. */
export function forgetMe(): void {
  me = null;
}

/** Whether this much of an area is permitted. */
export function may(who: Me | undefined, area: Area, right: "read" | "write" = "read"): boolean {
  const given = who?.rights[area] ?? "none";
  return given === "write" || (right === "read" && given === "read");
}

const PUBLIC_PAGES = ["/set-password", "/password-reset"];

export const authProvider: AuthProvider = {
  login: async ({ username, password, otp }: Login) => {
    forgetMe();
    await signIn(username, password, otp);
  },
  logout: async () => {
    forgetMe();
    await signOut();
    return "/login";
  },
  checkAuth: async () => {
    if (PUBLIC_PAGES.some((page) => location.hash.startsWith(`#${page}`))) return;
    // Signed out is no error to be told of: the sign-in page says it.
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- what react-admin expects
    if ((await accessToken()) === null) throw { message: false };
  },
  checkError: (error: unknown) =>
    error instanceof ApiProblem && error.status === 401 ? Promise.reject(error) : Promise.resolve(),
  getIdentity: async () => {
    const found = await fetchMe();
    return { ...found, fullName: found.email };
  },
  getPermissions: fetchMe,
};
