/** What is agreed with a host, in the order people agree it: who pays, fees, usage, share, limits, tax; below, all of it in words. */
import InputAdornment from "@mui/material/InputAdornment";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { ArrayInput, BooleanInput, DateInput, RadioButtonGroupInput, required, SelectInput, SimpleFormIterator, TextInput, useTranslate } from "react-admin";
import { useWatch } from "react-hook-form";

import type { Schemas } from "../api/types";
import { MoneyInput, UnitInput } from "../shell/UnitInput";
import { GIGABYTES } from "../shell/units";
import { bodyOfTariff, type TariffValues } from "./tariffBody";
import { type Tariff, tariffInWords } from "./tariffWords";

const NEEDED = [required()];
const CATEGORIES: readonly Schemas["TariffOut"]["tax_category"][] = ["standard", "zero", "exempt", "reverse_charge", "out_of_scope"];

interface Props {
  currency: string;
}

export function TariffForm({ currency }: Props) {
  const translate = useTranslate();
  const directions = (["charge", "pay"] as const).map((id) => ({ id, name: `money.tariff.direction.${id}` }));
  return (
    <>
      <DateInput source="valid_from" validate={NEEDED} helperText="money.tariff.from_help" />
      <RadioButtonGroupInput source="direction" choices={directions} row={false} validate={NEEDED} helperText={false} />
      <Part title={translate("money.tariff.part.fees")}>
        <MoneyInput source="base_fee_minor" currency={currency} />
        <MoneyInput source="router_fee_minor" currency={currency} />
      </Part>
      <Part title={translate("money.tariff.part.usage")}>
        <UnitInput source="included_bytes" units={GIGABYTES} helperText="money.tariff.included_help" />
        <MoneyInput source="price_per_gb_minor" currency={currency} unit={translate("money.per_gb", { currency })} helperText="money.tariff.price_help" />
      </Part>
      <Tiers currency={currency} />
      <Part title={translate("money.tariff.part.limits")}>
        <PercentInput source="sales_share_percent" helperText="money.tariff.share_help" />
        <PercentInput source="discount_percent" />
        <MoneyInput source="minimum_minor" currency={currency} helperText="money.tariff.limit_help" />
        <MoneyInput source="maximum_minor" currency={currency} helperText="money.tariff.maximum_help" />
      </Part>
      <Tax />
      <InWords currency={currency} />
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box component="section" sx={{ width: "100%", marginBlockStart: 2 }}>
      <Typography variant="h3" gutterBottom>
        {title}
      </Typography>
      <Box sx={{ display: "grid", columnGap: 2, rowGap: 1.5, paddingBlockStart: 0.5, alignItems: "start", gridTemplateColumns: { xs: "minmax(0, 1fr)", sm: "repeat(2, minmax(0, 1fr))" } }}>{children}</Box>
    </Box>
  );
}

function PercentInput({ source, helperText = false }: { source: string; helperText?: string | false }) {
  return (
    <TextInput
      source={source}
      helperText={helperText}
      fullWidth
      slotProps={{ htmlInput: { inputMode: "decimal", autoComplete: "off" }, input: { endAdornment: <InputAdornment position="end">%</InputAdornment> } }}
    />
  );
}

function Tiers({ currency }: Props) {
  const translate = useTranslate();
  const tiers = useWatch({ name: "tiers" }) as unknown[] | undefined;
  const modes = (["graduated", "volume"] as const).map((id) => ({ id, name: `money.tariff.mode.${id}` }));
  return (
    <>
      <ArrayInput source="tiers" helperText="money.tariff.tiers_help">
        <SimpleFormIterator inline disableReordering>
          <UnitInput source="above_bytes" label="resources.tariffs.fields.above_bytes" units={GIGABYTES} validate={NEEDED} />
          <MoneyInput source="price_per_gb_minor" label="resources.tariffs.fields.price_per_gb_minor" currency={currency} unit={translate("money.per_gb", { currency })} validate={NEEDED} />
        </SimpleFormIterator>
      </ArrayInput>
      {(tiers?.length ?? 0) > 0 && <RadioButtonGroupInput source="tier_mode" choices={modes} row={false} helperText={false} />}
    </>
  );
}

function Tax() {
  const translate = useTranslate();
  const category = useWatch({ name: "tax_category" }) as string;
  const choices = CATEGORIES.map((id) => ({ id, name: translate(`money.tax.${id}`) }));
  return (
    <>
      <Part title={translate("money.tariff.part.tax")}>
        <SelectInput source="tax_category" choices={choices} validate={NEEDED} helperText={false} fullWidth />
        {category === "standard" && <PercentInput source="tax_rate_percent" />}
      </Part>
      {category === "standard" && <BooleanInput source="tax_inclusive" helperText={false} />}
    </>
  );
}

function InWords({ currency }: Props) {
  const translate = useTranslate();
  const given = useWatch() as TariffValues;
  const tiers = (given.tiers as (Partial<Tariff["tiers"][number]> | null)[] | null | undefined) ?? [];
  const whole = tiers.filter((tier) => tier?.above_bytes && typeof tier.price_per_gb_minor === "number") as Tariff["tiers"];
  const tariff = bodyOfTariff({ ...given, tiers: whole }) as Tariff;
  return (
    <Alert severity="info" icon={false} sx={{ width: "100%", marginBlock: 2 }}>
      {translate(`money.tariff.direction.${tariff.direction}`)}
      <Box component="ul" sx={{ margin: 0, paddingInlineStart: 2.5 }}>
        {tariffInWords(translate, tariff, currency).map((words) => (
          <li key={words}>{words}</li>
        ))}
      </Box>
    </Alert>
  );
}
