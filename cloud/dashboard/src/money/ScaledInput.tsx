/** A figure in the unit people say it in, such as euros or gigabytes; the form holds what the API takes: minor units, bytes. */
import InputAdornment from "@mui/material/InputAdornment";
import { NumberInput, type NumberInputProps } from "react-admin";

import { minorDigits } from "../i18n/formats";

type Props = Omit<NumberInputProps, "format" | "parse" | "step">;
const GB = 1e9;

/** `worth`: how many of the API's unit one of the shown unit is. Empty is null. */
function ScaledInput({ worth, unit, step, ...props }: Props & { worth: number; unit: string; step: number }) {
  return (
    <NumberInput
      min={0}
      fullWidth
      helperText={false}
      {...props}
      step={step}
      format={(held: number | null | undefined) => (held === null || held === undefined ? "" : held / worth)}
      parse={(typed: string) => (typed === "" ? null : Math.round(Number(typed) * worth))}
      slotProps={{ input: { endAdornment: <InputAdornment position="end">{unit}</InputAdornment> } }}
    />
  );
}

export function MoneyInput({ currency, unit, ...props }: Props & { currency: string; unit?: string }) {
  const worth = 10 ** minorDigits(currency);
  return <ScaledInput {...props} worth={worth} step={1 / worth} unit={unit ?? currency} />;
}

export function GigabytesInput({ unit, ...props }: Props & { unit: string }) {
  return <ScaledInput {...props} worth={GB} step={1} unit={unit} />;
}
