/** Calendar months, `YYYY-MM`, as the API names the periods of documents. Pure, but for the language of the page. */
import { locale } from "../i18n/formats";
import { time } from "../i18n/formats";

const CALENDAR_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The month so many before the one an instant lies in; 0 is that month itself. In UTC. */
export function monthBefore(at: Date, months: number): string {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - months, 1)).toISOString().slice(0, 7);
}

/** The latest months, the running one first. */
export function latestMonths(at: Date, count: number): string[] {
  return Array.from({ length: count }, (_, index) => monthBefore(at, index));
}

/** "2026-10" → "October 2026". */
export function monthInWords(month: string): string {
  return time(`${month}-01T00:00:00Z`, { year: "numeric", month: "long", timeZone: "UTC" });
}

/** A calendar day of the API, "2026-10-31", in the language of the page; it is in no time zone. */
export function day(date: string | null | undefined): string {
  if (!date || !CALENDAR_DAY.test(date)) return "–";
  return time(`${date}T00:00:00Z`, { dateStyle: "medium", timeZone: "UTC" });
}

/** Two calendar days as a span: "Oct 5 – 31, 2026". */
export function days(first: string, last: string): string {
  const format = new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone: "UTC" });
  return format.formatRange(new Date(`${first}T00:00:00Z`), new Date(`${last}T00:00:00Z`));
}
