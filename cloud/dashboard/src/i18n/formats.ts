/** Figures for people, by Intl, in the language of the page. Volumes are bytes (MB = 10⁶), money minor units, instants RFC 3339. */
import { localeFor } from "./locales";
import { language } from "./index";

const DASH = "–";
const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte"];
const RATE_UNITS = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"];
const formats = new Map<string, Intl.NumberFormat>();

/** The page's language as the viewer's region writes it. */
export function locale(): string {
  return localeFor(language(), navigator.languages);
}

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale()} ${JSON.stringify(options)}`;
  const found = formats.get(key) ?? new Intl.NumberFormat(locale(), options);
  formats.set(key, found);
  return found;
}

/** The power of 1000 a value is best shown in, at most `most`. */
function power(value: number, most: number): number {
  const magnitude = Math.abs(value) < 1 ? 0 : Math.floor(Math.log10(Math.abs(value)) / 3 + 1e-9);
  return Math.min(Math.max(magnitude, 0), most);
}

function digits(value: number): number {
  return Math.abs(value) >= 100 ? 0 : 1;
}

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? DASH : numberFormat({}).format(value);
}

export function percent(value: number | null | undefined, maximumFractionDigits = 0): string {
  if (value === null || value === undefined) return DASH;
  return numberFormat({ style: "percent", maximumFractionDigits }).format(value / 100);
}

/** 1234567 → "1.2 MB". */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return DASH;
  const at = power(value, BYTE_UNITS.length - 1);
  const shown = value / 1000 ** at;
  const maximumFractionDigits = at === 0 ? 0 : digits(shown);
  return numberFormat({ style: "unit", unit: BYTE_UNITS[at], unitDisplay: "short", maximumFractionDigits }).format(shown);
}

/** Bits per second: 2500000 → "2.5 Mbit/s". */
export function rate(bps: number | null | undefined): string {
  if (bps === null || bps === undefined) return DASH;
  const at = power(bps, RATE_UNITS.length - 1);
  const shown = bps / 1000 ** at;
  // Left to right within itself: Arabic would otherwise move the unit's slash.
  return `\u2066${numberFormat({ maximumFractionDigits: at === 0 ? 0 : digits(shown) }).format(shown)} ${RATE_UNITS[at] ?? ""}\u2069`;
}

/** Minor units beside an ISO 4217 code: 1250, "EUR" → "€12.50". */
export function money(minor: number | null | undefined, currency: string): string {
  if (minor === null || minor === undefined) return DASH;
  const format = numberFormat({ style: "currency", currency });
  return format.format(minor / 10 ** minorDigits(currency));
}

/** How many digits a currency's minor unit has: EUR 2, JPY 0, TND 3. */
export function minorDigits(currency: string): number {
  return numberFormat({ style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** Seconds as the two largest units: 93784 → "1 d 2 hr". */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return DASH;
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), "day"],
    [Math.floor(seconds / 3600) % 24, "hour"],
    [Math.floor(seconds / 60) % 60, "minute"],
    [Math.floor(seconds) % 60, "second"],
  ];
  const begin = parts.findIndex(([value]) => value > 0);
  const shown = begin < 0 ? parts.slice(-1) : parts.slice(begin, begin + 2).filter(([value]) => value > 0);
  return shown.map(([value, unit]) => numberFormat({ style: "unit", unit, unitDisplay: "short" }).format(value)).join(" ");
}

/** An instant in the viewer's zone. */
export function time(at: string | Date | null | undefined, options: Intl.DateTimeFormatOptions = {}): string {
  if (!at) return DASH;
  const wanted = Object.keys(options).length > 0 ? options : ({ dateStyle: "medium", timeStyle: "short" } as const);
  return new Intl.DateTimeFormat(locale(), wanted).format(new Date(at));
}

/** The same instant in UTC, in full. */
export function utc(at: string | Date): string {
  return `${new Date(at).toISOString().replace("T", " ").replace(/\.\d+Z$/, "")} UTC`;
}

/** "3 minutes ago". */
export function ago(at: string | Date | null | undefined, now = Date.now()): string {
  if (!at) return DASH;
  const seconds = (new Date(at).getTime() - now) / 1000;
  const steps: [number, Intl.RelativeTimeFormatUnit][] = [[86_400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
  const [size, unit] = steps.find(([each]) => Math.abs(seconds) >= each) ?? [1, "second"];
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style: "short" }).format(Math.round(seconds / size), unit);
}
