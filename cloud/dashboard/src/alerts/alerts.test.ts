import { beforeEach, describe, expect, it } from "vitest";

import type { Me } from "../api/types";
import { choiceOf } from "./choices";
import { changedChannel, newChannel } from "./channelWords";
import { changesOfRule, clearedInWords, raisedInWords, type Rule } from "./rules";
import { type Alert, figureInWords, kindChoices, subjectAddress, whatInWords } from "./words";

beforeEach(() => (document.documentElement.lang = "en"));

const said = (key: string, options: Record<string, unknown> = {}) => [key, ...Object.values(options)].join(" ");
const HOST = { role: "host", host_id: "h", rights: { routers: "write", guests: "write", money: "none", alerts: "write" } } as unknown as Me;
const ADMIN = { role: "admin", host_id: null, rights: { routers: "write", guests: "write", money: "write", alerts: "write" } } as unknown as Me;
const RULE: Rule = {
  kind: "cpu_high",
  source: "default",
  enabled: true,
  severity: "warning",
  threshold: 90,
  clear_threshold: 80,
  unit: "%",
  duration_s: 600,
  clear_duration_s: 0,
};

describe("an alert in words", () => {
  const alert = { kind: "cpu_high", value: 97.5, unit: "%", details: {}, router_id: "r", subject_id: "r" } as unknown as Alert;

  it("says its figure in its unit", () => {
    expect([figureInWords(97.5, "%"), figureInWords(600, "s"), figureInWords(86.2, "°C"), figureInWords(3, "d")]).toEqual(["98%", "10 min", "86 °C", "3 days"]);
    expect(figureInWords(1, null)).toBeNull();
    expect(whatInWords(said, alert)).toContain("(98%)");
  });

  it("names the command that failed", () => {
    expect(whatInWords(said, { ...alert, kind: "command_failed", value: null, unit: null, details: { kind: "reboot" } })).toContain("routers.command.reboot");
  });

  it("leads to what it is about, for those who may open it", () => {
    expect(subjectAddress(alert, HOST)).toBe("/routers/r/show");
    const guest = { ...alert, kind: "quota_exhausted", router_id: null, subject_id: "g" } as Alert;
    expect(subjectAddress(guest, HOST)).toBe("/subscribers/g/show");
    expect(subjectAddress({ ...guest, kind: "invoice_overdue" }, HOST)).toBeNull();
    expect(subjectAddress({ ...guest, kind: "fleet_offline" }, ADMIN)).toBeNull();
  });

  it("offers the kinds an account may see", () => {
    const kinds = (me: Me) => kindChoices(me).map(({ id }) => id);
    expect(kinds(HOST)).not.toContain("fleet_offline");
    expect(kinds(HOST)).not.toContain("invoice_overdue");
    expect(kinds(ADMIN)).toContain("invoice_overdue");
  });
});

describe("rules", () => {
  it("say when an alert is raised and over", () => {
    expect(raisedInWords(said, RULE)).toBe("alerts.rule.from 90%, alerts.rule.for 10 min");
    expect(clearedInWords(said, RULE)).toBe("alerts.rule.below 80%, alerts.rule.at_once");
    expect(clearedInWords(said, { ...RULE, kind: "command_failed", clear_duration_s: 86_400 })).toBe("alerts.rule.acknowledged 1 day");
  });

  it("send only what was changed", () => {
    expect(changesOfRule(RULE, { ...RULE, threshold: 95 })).toEqual({ threshold: 95 });
    expect(changesOfRule(RULE, { ...RULE, duration_s: null as unknown as number })).toEqual({ duration_s: 0 });
    expect(changesOfRule(RULE, RULE)).toEqual({});
  });
});

describe("channels", () => {
  it("have the target of their kind, and all kinds where none was chosen", () => {
    expect(newChannel({ name: "A", kind: "webhook", url: "https://a", recipient: "x@y", alert_kinds: [] })).toEqual({ name: "A", kind: "webhook", url: "https://a", alert_kinds: null });
    expect(newChannel({ name: "A", kind: "email", url: "https://a", recipient: "x@y" })).toEqual({ name: "A", kind: "email", recipient: "x@y", alert_kinds: null });
    expect(changedChannel({ alert_kinds: ["cpu_high"] })).toEqual({ alert_kinds: ["cpu_high"] });
  });
});

it("reads from the filters which alerts are shown", () => {
  expect([{ open: "true" }, { state: "raised" }, { state: "cleared" }, {}].map(choiceOf)).toEqual(["open", "unseen", "past", "all"]);
});
