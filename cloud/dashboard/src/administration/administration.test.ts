/** Pure parts of the administration: what is sent for an account and a key, and how the audit log reads. */
import { expect, it } from "vitest";

import { areasFor, keyOf } from "./ApiKeyDialog";
import { changedValues, nameIn } from "./audit";
import { browserOf } from "./browsers";
import { accountOf } from "./StaffCreate";

it("an account is sent with what belongs to its role only", () => {
  const wanted = { email: "a@b.test", host_id: "h", host_ids: ["x"], password: "" } as const;
  expect(accountOf({ ...wanted, host_ids: ["x"], role: "host" })).toEqual({ email: "a@b.test", role: "host", host_id: "h" });
  expect(accountOf({ ...wanted, host_ids: ["x"], role: "technician" })).toEqual({ email: "a@b.test", role: "technician", host_ids: ["x"] });
  expect(accountOf({ ...wanted, host_ids: ["x"], role: "admin" })).toEqual({ email: "a@b.test", role: "admin" });
});

it("a key gets no more than its owner has, and nothing of terminals", () => {
  const rights = { routers: "write", audit: "read", money: "none", terminals: "write" } as const;
  expect(areasFor({ rights })).toEqual([["routers", "write"], ["audit", "read"]]);
});

it("a key is sent with its end, and without areas it may do nothing in", () => {
  const values = { name: "Accounting", days: 7, rights: { money: "read", guests: "" } };
  expect(keyOf(values, Date.UTC(2026, 0, 1))).toEqual({ name: "Accounting", expires_at: "2026-01-08T00:00:00.000Z", rights: { money: "read" } });
});

it("a change reads as values before and after", () => {
  const entry = { before: { name: "Old", quota: null }, after: { name: "New", quota: 5 } };
  expect(changedValues(entry)).toEqual([
    { field: "name", before: "Old", after: "New" },
    { field: "quota", before: null, after: "5" },
  ]);
  expect(nameIn(entry)).toBe("New");
  expect(nameIn({ before: null, after: null })).toBeNull();
});

it("a browser is named roughly, a program is none", () => {
  expect(browserOf("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")).toBe("Firefox, Linux");
  expect(browserOf("curl/8.5.0")).toBeNull();
});
