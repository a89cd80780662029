import { expect, it } from "vitest";

import { localeFor } from "./locales";

function timeIn(locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone: "UTC" }).format(new Date("2026-11-22T18:05:00Z"));
}

it("follows the viewer's region, where the browser names one for the page's language", () => {
  expect(localeFor("en", ["de-AT", "en-GB", "en-US"])).toBe("en-GB");
  expect(timeIn(localeFor("en", ["en-GB"]))).toBe("18:05");
  expect(timeIn(localeFor("en", ["en-US"])).replaceAll(/\s/g, " ")).toBe("6:05 PM");
});

it("has 24 hours where the language has no region", () => {
  expect(timeIn(localeFor("en", ["en"]))).toBe("18:05");
  expect(timeIn(localeFor("fr", ["en-US"]))).toBe("18:05");
  expect(localeFor("es", ["not a tag"])).toBe("es-u-hc-h23");
});
