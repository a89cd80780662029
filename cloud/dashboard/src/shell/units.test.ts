import { describe, expect, it } from "vitest";

import { bestUnit, figureOf, parseFigure, SPANS, VOLUMES } from "./units";

describe("figures as people type them", () => {
  it("shows a value in the largest unit in which it is whole", () => {
    expect(bestUnit(2e9, VOLUMES)).toBe("GB");
    expect(bestUnit(1.5e9, VOLUMES)).toBe("MB");
    expect(bestUnit(86_400, SPANS)).toBe("days");
    expect(bestUnit(90, SPANS)).toBe("minutes");
  });

  it("reads points and commas, and nothing from what is no number", () => {
    expect(parseFigure("1.5", 1e9)).toBe(1_500_000_000);
    expect(parseFigure("1,5", 1e9)).toBe(1_500_000_000);
    expect(parseFigure("3.55", 100)).toBe(355);
    expect(parseFigure("", 1e9)).toBeNull();
    expect(parseFigure("much", 1e9)).toBeNull();
  });

  it("gives back what was typed", () => {
    for (const text of ["0", "0.1", "2", "19.99"]) expect(figureOf(parseFigure(text, 100), 100)).toBe(text);
    expect(figureOf(null, 100)).toBe("");
  });
});
