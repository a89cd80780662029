/** Tariffs and documents between the API, forms and words. */
import { describe, expect, it } from "vitest";

import { creditNoteOf } from "./CreditNoteDialog";
import { daysInWords, type Line, quantityInWords } from "./documentWords";
import { latestMonths, monthBefore } from "./months";
import { daysOf, filledParty } from "./partyBody";
import { bodyOfTariff, FRESH, percentOf } from "./tariffBody";

const LINE: Line = {
  position: 1, kind: "usage", first_on: "2026-10-01", last_on: "2026-10-31", router_id: null, router_name: "Lobby", up_bytes: 400_000_000, down_bytes: 800_000_000,
  quantity: null, used_in: null, text: null, tax_category: "standard", tax_rate_percent: "20", amount_minor: 24,
};

describe("months", () => {
  it("go back over the turn of the year", () => {
    expect(monthBefore(new Date("2026-01-31T12:00:00Z"), 1)).toBe("2025-12");
    expect(latestMonths(new Date("2026-03-01T00:00:00Z"), 3)).toEqual(["2026-03", "2026-02", "2026-01"]);
  });
});

describe("a line", () => {
  it("says its bytes readably, and its days only where they are not the month", () => {
    expect(quantityInWords((key) => key, LINE)).toBe("1.2 GB");
    expect(daysInWords(LINE, { period: "2026-10" })).toBe("");
    expect(daysInWords({ ...LINE, first_on: "2026-10-16" }, { period: "2026-10" })).not.toBe("");
  });
});

describe("a tariff's form", () => {
  it("takes empty fields as nothing and a comma as a point", () => {
    const body = bodyOfTariff({ ...FRESH, valid_from: "2026-10-01", base_fee_minor: null, tiers: null, tax_rate_percent: "7,7" });
    expect(body).toMatchObject({ base_fee_minor: 0, tiers: [], tax_rate_percent: "7.7", maximum_minor: null });
    expect(percentOf("")).toBe("0");
  });

  it("has no rate where nothing is taxed", () => {
    const body = bodyOfTariff({ ...FRESH, valid_from: "2026-10-01", tax_category: "exempt", tax_rate_percent: "20", tax_inclusive: true });
    expect(body).toMatchObject({ tax_category: "exempt", tax_rate_percent: "0", tax_inclusive: false });
  });
});

describe("other forms", () => {
  it("leave out what is empty", () => {
    expect(filledParty({ legal_name: "Café", street: "", city: null, iban: "at61 1904 3002" })).toEqual({ legal_name: "Café", iban: "AT6119043002" });
    expect(daysOf("3, 10;21")).toEqual([3, 10, 21]);
    expect(daysOf(" ")).toBeNull();
  });

  it("take back everything, or lines by their amounts", () => {
    expect(creditNoteOf({ reason: "Outage", everything: true, amounts: { p1: 5 } })).toEqual({ reason: "Outage" });
    expect(creditNoteOf({ reason: "Outage", everything: false, amounts: { p1: 5, p2: null } })).toEqual({ reason: "Outage", lines: [{ position: 1, amount_minor: 5 }] });
  });
});
