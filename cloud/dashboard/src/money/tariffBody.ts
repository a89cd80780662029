/** A tariff between its form and the API: empty fields are nothing, percentages are text. Pure. */
import type { Schemas } from "../api/types";
import type { Tariff } from "./tariffWords";

type Body = Schemas["TariffIn"];
export type TariffValues = Omit<Tariff, "id" | "host_id" | "created_at">;

export const FRESH: Omit<TariffValues, "valid_from"> = {
  direction: "charge",
  base_fee_minor: 0,
  router_fee_minor: 0,
  price_per_gb_minor: 0,
  included_bytes: 0,
  tier_mode: "graduated",
  tiers: [],
  sales_share_percent: "0",
  discount_percent: "0",
  minimum_minor: 0,
  maximum_minor: null,
  tax_category: "standard",
  tax_rate_percent: "0",
  tax_inclusive: false,
};

/** What the form begins with. */
export function startOf(tariff: Tariff): TariffValues {
  const names = ["valid_from", ...Object.keys(FRESH)] as (keyof TariffValues)[];
  return Object.fromEntries(names.map((name) => [name, tariff[name]])) as unknown as TariffValues;
}

/** A typed percentage, "7,7", as the API takes it: "7.7"; nothing is "0". */
export function percentOf(typed: string | null | undefined): string {
  const text = (typed ?? "").trim().replace(",", ".");
  return text === "" ? "0" : text;
}

type Typed = { [name in keyof TariffValues]: TariffValues[name] | null };

/** The form as the API takes it. */
export function bodyOfTariff(values: Typed): Body {
  const taxed = values.tax_category === "standard";
  return {
    ...FRESH,
    valid_from: values.valid_from ?? "",
    direction: values.direction ?? "charge",
    base_fee_minor: values.base_fee_minor ?? 0,
    router_fee_minor: values.router_fee_minor ?? 0,
    price_per_gb_minor: values.price_per_gb_minor ?? 0,
    included_bytes: values.included_bytes ?? 0,
    tier_mode: values.tier_mode ?? "graduated",
    tiers: values.tiers ?? [],
    sales_share_percent: percentOf(values.sales_share_percent),
    discount_percent: percentOf(values.discount_percent),
    minimum_minor: values.minimum_minor ?? 0,
    maximum_minor: values.maximum_minor,
    tax_category: values.tax_category,
    tax_rate_percent: taxed ? percentOf(values.tax_rate_percent) : "0",
    tax_inclusive: taxed && Boolean(values.tax_inclusive),
  };
}
