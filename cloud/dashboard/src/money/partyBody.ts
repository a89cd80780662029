/** Billing details between their form and the API: what is empty is left out. Pure. */

/** Without what is empty; IBAN and BIC without the spaces people type. */
export function filledParty<T extends object>(values: T): Partial<T> {
  const entries = Object.entries(values).map(([name, value]: [string, unknown]) => [name, tidy(name, value)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined && value !== "")) as Partial<T>;
}

function tidy(name: string, value: unknown): unknown {
  return typeof value === "string" && (name === "iban" || name === "bic") ? value.replace(/\s/g, "").toUpperCase() : value;
}

/** "3, 10" → [3, 10]; nothing is null. */
export function daysOf(typed: string): number[] | null {
  const found = typed.split(/[,;\s]+/).filter(Boolean).map(Number);
  return found.length > 0 ? found : null;
}
