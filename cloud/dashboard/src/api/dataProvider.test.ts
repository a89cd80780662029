import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { dataProvider } from "./dataProvider";
import { ApiProblem } from "./problems";
import type { Router } from "./types";

const calls: Request[] = [];
let answers: Response[] = [];

function json(body: unknown, init: ResponseInit = {}): Response {
  return new Response(JSON.stringify(body), init);
}

beforeEach(() => {
  calls.length = 0;
  localStorage.setItem("spotfi.signed-in", "1");
  answers = [];
  vi.stubGlobal("fetch", (input: Request | string) => {
    if (typeof input === "string") return Promise.resolve(json({ access_token: "t", expires_in: 600 }));
    calls.push(input);
    return Promise.resolve(answers.shift() ?? json({}));
  });
});
afterEach(() => vi.unstubAllGlobals());

function sent(index = 0): Request {
  const request = calls[index];
  if (request === undefined) throw new Error("nothing was sent");
  return request;
}

it("asks for a page as the API wants it and tells whether there is more", async () => {
  answers = [json({ items: [{ id: "1" }], next: "abc", prev: null })];
  const found = await dataProvider.getList("routers", {
    pagination: { page: 1, perPage: 25 },
    sort: { field: "name", order: "DESC" },
    filter: { search: "bar", online: "true", host_id: "" },
  });
  expect(new URL(sent().url).search).toBe("?search=bar&online=true&sort=-name&limit=25");
  expect(sent().headers.get("Authorization")).toBe("Bearer t");
  expect(found.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false });
});

it("changes only what was changed, and only if nobody was faster", async () => {
  answers = [json({ id: "1", name: "Bar" }, { headers: { ETag: '"7"' } }), json({ id: "1", name: "Pub" })];
  const { data } = await dataProvider.getOne<Router>("routers", { id: "1" });
  await dataProvider.update("routers", { id: "1", data: { ...data, name: "Pub" }, previousData: data });
  expect(sent(1).method).toBe("PATCH");
  expect(sent(1).headers.get("If-Match")).toBe('"7"');
  expect(await sent(1).json()).toEqual({ name: "Pub" });
});

it("asks for the version of a record that came from a list, and refuses where it is another one", async () => {
  const listed = { id: "1", name: "Bar" };
  const change = () => dataProvider.update("routers", { id: "1", data: { ...listed, name: "Pub" }, previousData: listed });
  answers = [json({ ...listed, online: true }, { headers: { ETag: '"8"' } }), json({ id: "1", name: "Pub" })];
  await change();
  expect([sent(0).method, sent(1).method, sent(1).headers.get("If-Match")]).toEqual(["GET", "PATCH", '"8"']);
  answers = [json({ ...listed, name: "Club" }, { headers: { ETag: '"9"' } })];
  const error = await change().catch((thrown: unknown) => thrown as ApiProblem);
  expect((error as ApiProblem).code).toBe("stale");
  expect(calls).toHaveLength(3);
});

it("creates the same thing once, however often it is sent", async () => {
  answers = [json({ code: "timed_out", detail: "Try again." }, { status: 503 }), json({ id: "1" }), json({ id: "2" })];
  const create = () => dataProvider.create("plans", { data: { name: "Day" } });
  await expect(create()).rejects.toThrow("Try again.");
  await create();
  await create();
  const [first, second, third] = calls.map((call) => call.headers.get("Idempotency-Key"));
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

it("tells which field is wrong", async () => {
  const problem = { code: "invalid", detail: "name: This field is required.", errors: [{ field: "name", message: "This field is required." }] };
  answers = [json(problem, { status: 422 })];
  const error = await dataProvider.create("hosts", { data: {} }).catch((thrown: unknown) => thrown as ApiProblem);
  expect(error).toBeInstanceOf(ApiProblem);
  expect((error as ApiProblem).body).toEqual({ errors: { name: "This field is required." } });
});
