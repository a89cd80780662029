import { beforeEach, expect, it } from "vitest";

import { ago, bytes, duration, money, rate, utc } from "./formats";

/** With plain spaces where Intl writes narrow or unbreakable ones. */
function plain(text: string): string {
  return text.replaceAll(/\s/g, " ");
}

beforeEach(() => (document.documentElement.lang = "en"));

it("says volumes in readable units, a megabyte being 10⁶ bytes", () => {
  expect([0, 999, 1_000_000, 1_234_567, 250_000_000_000].map(bytes)).toEqual(["0 byte", "999 byte", "1 MB", "1.2 MB", "250 GB"]);
  expect(bytes(null)).toBe("–");
});

it("says rates in bits", () => {
  expect(rate(2_500_000)).toContain("2.5 Mbit/s");
});

it("says money from minor units, whatever the currency's digits", () => {
  expect([money(1250, "EUR"), money(1250, "JPY"), money(1250, "TND")].map(plain)).toEqual(["€12.50", "¥1,250", "TND 1.250"]);
});

it("says durations by their two largest units", () => {
  expect([0, 59, 3600, 93_784].map(duration)).toEqual(["0 sec", "59 sec", "1 hr", "1 day 2 hr"]);
});

it("says how long ago, and the instant in UTC", () => {
  const at = "2026-11-22T10:00:00Z";
  expect(ago(at, Date.parse("2026-11-22T10:03:00Z"))).toBe("3 min. ago");
  expect(utc(at)).toBe("2026-11-22 10:00:00 UTC");
});

it("speaks the page's language", () => {
  document.documentElement.lang = "fr";
  expect(plain(bytes(1_234_567))).toBe("1,2 Mo");
});
