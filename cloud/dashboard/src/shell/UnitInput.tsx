/** A figure and its unit: volumes, rates, spans and money as people say them. The form holds what the API takes. */
import Box from "@mui/material/Box";
import InputAdornment from "@mui/material/InputAdornment";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { useState } from "react";
import { FieldTitle, InputHelperText, minValue, useInput, useResourceContext, useTranslate, type Validator } from "react-admin";
import { useWatch } from "react-hook-form";

import { minorDigits } from "../i18n/formats";
import { bestUnit, figureOf, parseFigure, type Units } from "./units";

interface Props {
  source: string;
  units: Units;
  /** Unit of an empty field. */
  unit?: string;
  helperText?: string | false;
  validate?: Validator[];
  /** Another name than the field's: a translation key, or the words. */
  label?: string;
  autoFocus?: boolean;
}

const POSITIVE = minValue(0);
const NOTHING: Validator[] = [];

export function UnitInput({ source, units, unit: usual, helperText = false, validate = NOTHING, label, autoFocus = false }: Props) {
  const translate = useTranslate();
  const resource = useResourceContext();
  const { field, fieldState, id, isRequired } = useInput({ source, validate: [POSITIVE, ...validate] });
  // react-hook-form keeps an empty field as "".
  const value = typeof field.value === "number" ? field.value : null;
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const unit = chosen ?? (value ? bestUnit(value, units) : (usual ?? Object.keys(units)[0] ?? ""));
  const factor = units[unit] ?? 1;
  // What is being typed stays as it is ("1."); what came from elsewhere is shown in its best form.
  const shown = parseFigure(typed, factor) === value ? typed : figureOf(value, factor);
  const wordOf = (name: string): string => translate(`app.unit.${name}`, { _: name });
  const type = (text: string): void => {
    setTyped(text);
    setChosen(unit);
    field.onChange(parseFigure(text, factor));
  };
  const choose = (name: string): void => {
    setTyped(shown);
    setChosen(name);
    field.onChange(parseFigure(shown, units[name] ?? 1));
  };
  const single = Object.keys(units).length === 1;
  const title = <FieldTitle label={label} source={source} resource={resource} isRequired={isRequired} />;
  return (
    <Box sx={{ display: "flex", gap: 1, width: "100%", alignItems: "flex-start" }}>
      <TextField
        id={id}
        name={field.name}
        inputRef={field.ref}
        label={title}
        value={shown}
        onChange={(event) => type(event.target.value)}
        onBlur={field.onBlur}
        error={fieldState.invalid}
        {...((helperText !== false || fieldState.invalid) && { helperText: <InputHelperText error={fieldState.error?.message} helperText={helperText} /> })}
        autoFocus={autoFocus}
        margin="dense"
        fullWidth
        slotProps={{ htmlInput: { inputMode: "decimal", autoComplete: "off" }, input: single ? { endAdornment: <InputAdornment position="end">{wordOf(unit)}</InputAdornment> } : {} }}
      />
      {!single && (
        <TextField
          select
          value={unit}
          onChange={(event) => choose(event.target.value)}
          margin="dense"
          sx={{ minWidth: 110 }}
          slotProps={{ select: { SelectDisplayProps: { "aria-label": translate("app.unit.name") } } }}
        >
          {Object.keys(units).map((name) => (
            <MenuItem key={name} value={name}>
              {wordOf(name)}
            </MenuItem>
          ))}
        </TextField>
      )}
    </Box>
  );
}

interface MoneyProps extends Omit<Props, "units" | "unit"> {
  currency?: string | undefined;
  /** What stands beside the figure in place of the currency, such as "EUR per GB". */
  unit?: string;
}

/** A price in the currency of the form's `currency`, or of the one given; the form holds minor units. */
export function MoneyInput({ currency, unit, ...props }: MoneyProps) {
  const ofForm = useWatch({ name: "currency" }) as unknown;
  const code = currency ?? (typeof ofForm === "string" && ofForm !== "" ? ofForm : null);
  const units = code === null ? { "": 100 } : { [unit ?? code]: 10 ** minorDigits(code) };
  return <UnitInput key={code} units={units} {...props} />;
}
