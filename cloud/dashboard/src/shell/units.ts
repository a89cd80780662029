/** Figures as people type them: a number and a unit, kept as the API's bytes, bits per second, seconds or minor units. Pure. */

/** How many of the API's unit one of this is worth; smallest first. */
export type Units = Readonly<Record<string, number>>;

export const VOLUMES: Units = { MB: 1e6, GB: 1e9, TB: 1e12 };
/** For prices by the gigabyte, which say no other unit. */
export const GIGABYTES: Units = { GB: 1e9 };
export const RATES: Units = { mbit: 1e6 };
export const SPANS: Units = { minutes: 60, hours: 3600, days: 86_400 };

/** The largest unit in which the value is a whole number; the smallest where there is none. */
export function bestUnit(value: number, units: Units): string {
  const names = Object.keys(units);
  return names.findLast((name) => value !== 0 && value % (units[name] ?? 1) === 0) ?? names[0] ?? "";
}

/** What is typed, in the API's unit; null where nothing or no number is. */
export function parseFigure(text: string, factor: number): number | null {
  const number = Number(text.replace(",", "."));
  return text.trim() === "" || !Number.isFinite(number) ? null : Math.round(number * factor);
}

/** A value of the API as one would type it. */
export function figureOf(value: number | null | undefined, factor: number): string {
  return value === null || value === undefined ? "" : String(value / factor);
}
