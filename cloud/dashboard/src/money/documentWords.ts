/** What documents and their lines say, in words. Pure. */
import type { Schemas } from "../api/types";
import { bytes, count, percent } from "../i18n/formats";
import type { Tone } from "../shell/StatusChip";
import { days, monthInWords } from "./months";

export type Invoice = Schemas["InvoiceOut"];
export type InvoiceDetail = Schemas["InvoiceDetail"];
export type Preview = Schemas["PreviewDetail"];
export type Line = Schemas["InvoiceLineOut"];
export type TaxGroup = Schemas["TaxGroupOut"];
export type Translate = (key: string, options?: Record<string, unknown>) => string;

export const KINDS: readonly Invoice["kind"][] = ["invoice", "settlement", "credit_note"];
export const STATES: readonly Invoice["state"][] = ["draft", "issued", "partly_paid", "paid", "overdue", "in_favour", "void"];

export const TONES: Record<Invoice["state"], Tone> = { draft: "busy", issued: "warn", partly_paid: "warn", paid: "good", overdue: "bad", in_favour: "good", void: "off" };

/** The number a document has, or that it is a draft. */
export function numberInWords(translate: Translate, document: Pick<Invoice, "reference" | "kind">): string {
  return document.reference ?? translate(`money.draft_of.${document.kind}`);
}

/** What a line is about: "Usage · Lobby". */
export function lineInWords(translate: Translate, line: Line): string {
  const words = translate(`money.line.${line.kind}`, { month: line.used_in ? monthInWords(line.used_in) : "" });
  return [words, line.router_name, line.text].filter(Boolean).join(" · ");
}

/** How much or how many a line is for; empty where it is for no quantity. */
export function quantityInWords(translate: Translate, line: Line): string {
  if (line.up_bytes !== null && line.down_bytes !== null) return bytes(line.up_bytes + line.down_bytes);
  if (line.quantity === null) return "";
  const counted = { router_fee: "money.routers", sales_share: "money.sales", late_sales: "money.sales" }[line.kind as string];
  return counted ? translate(counted, { number: count(line.quantity) }) : count(line.quantity);
}

/** The exact bytes behind a line of usage: "Down 1,234 bytes, up 56 bytes". */
export function exactBytes(translate: Translate, line: Line): string | undefined {
  if (line.up_bytes === null || line.down_bytes === null) return undefined;
  return translate("money.exact_bytes", { down: count(line.down_bytes), up: count(line.up_bytes) });
}

/** The days of a line where they are not its document's whole month. */
export function daysInWords(line: Line, document: Pick<Invoice, "period">): string {
  const { first_on: first, last_on: last } = line;
  if (!first || !last) return "";
  const [year = 0, month = 0] = document.period.split("-").map(Number);
  const end = new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
  return first === `${document.period}-01` && last === end ? "" : days(first, last);
}

/** "Taxed, 20 %". The rate is the API's text, such as "7.7". */
export function taxInWords(translate: Translate, category: Line["tax_category"], rate: string): string {
  const words = translate(`money.tax.${category}`);
  return category === "standard" ? `${words}, ${rateInWords(rate)}` : words;
}

/** "7.7" → "7.7%". */
export function rateInWords(rate: string): string {
  return percent(Number(rate), 4);
}
