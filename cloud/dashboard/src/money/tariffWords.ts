/** What a tariff asks or gives, in sentences of people. Pure. */
import type { Schemas } from "../api/types";
import { bytes, money } from "../i18n/formats";
import { rateInWords, taxInWords, type Translate } from "./documentWords";

export type Tariff = Schemas["TariffOut"];

/** Who pays whom, as whoever reads it says it: the installation, or the host itself. */
export function directionInWords(translate: Translate, tariff: Pick<Tariff, "direction">, isHost: boolean): string {
  return translate(`money.tariff.${isHost ? "own_direction" : "direction"}.${tariff.direction}`);
}

/** Everything that is not nothing, one thought each. */
export function tariffInWords(translate: Translate, tariff: Tariff, currency: string): string[] {
  return [...fees(translate, tariff, currency), ...prices(translate, tariff, currency), ...limits(translate, tariff, currency), tax(translate, tariff)];
}

function fees(translate: Translate, { base_fee_minor: base, router_fee_minor: router }: Tariff, currency: string): string[] {
  return [
    ...(base ? [translate("money.tariff.says.base_fee", { amount: money(base, currency) })] : []),
    ...(router ? [translate("money.tariff.says.router_fee", { amount: money(router, currency) })] : []),
  ];
}

function prices(translate: Translate, tariff: Tariff, currency: string): string[] {
  const steps = [{ above_bytes: 0, price_per_gb_minor: tariff.price_per_gb_minor }, ...tariff.tiers];
  if (steps.every((step) => step.price_per_gb_minor === 0)) return [];
  const said = steps.map(({ above_bytes: above, price_per_gb_minor: price }) =>
    translate(above ? "money.tariff.says.tier" : "money.tariff.says.price", { amount: money(price, currency), volume: bytes(above) }),
  );
  return [
    ...(tariff.included_bytes ? [translate("money.tariff.says.included", { volume: bytes(tariff.included_bytes) })] : []),
    ...said,
    ...(tariff.tiers.length > 0 ? [translate(`money.tariff.says.mode_${tariff.tier_mode}`)] : []),
  ];
}

function limits(translate: Translate, tariff: Tariff, currency: string): string[] {
  return [
    ...(Number(tariff.sales_share_percent) ? [translate("money.tariff.says.share", { percent: rateInWords(tariff.sales_share_percent) })] : []),
    ...(Number(tariff.discount_percent) ? [translate("money.tariff.says.discount", { percent: rateInWords(tariff.discount_percent) })] : []),
    ...(tariff.minimum_minor ? [translate("money.tariff.says.minimum", { amount: money(tariff.minimum_minor, currency) })] : []),
    ...(tariff.maximum_minor === null ? [] : [translate("money.tariff.says.maximum", { amount: money(tariff.maximum_minor, currency) })]),
  ];
}

function tax(translate: Translate, tariff: Tariff): string {
  const words = taxInWords(translate, tariff.tax_category, tariff.tax_rate_percent);
  if (tariff.tax_category !== "standard") return words;
  return translate(tariff.tax_inclusive ? "money.tariff.says.tax_inclusive" : "money.tariff.says.tax_added", { tax: words });
}
