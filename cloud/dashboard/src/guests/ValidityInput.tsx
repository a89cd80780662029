/** How long a plan lasts: a number of hours, days or months, or no end; the form holds `valid_for_s` or `valid_for_months`. */
import Box from "@mui/material/Box";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { useState } from "react";
import { BooleanInput, useTranslate } from "react-admin";
import { useFormContext, useWatch } from "react-hook-form";

import { bestUnit, figureOf, parseFigure, SPANS } from "../shell/units";

const MONTHS = "months";
const CHOICES = ["never", "minutes", "hours", "days", MONTHS] as const;

export function ValidityInput() {
  const translate = useTranslate();
  const { setValue, getFieldState } = useFormContext();
  const [seconds, months] = useWatch({ name: ["valid_for_s", "valid_for_months"] }) as (number | null | undefined)[];
  const [chosen, setChosen] = useState<string | null>(null);
  const ofValue = months ? MONTHS : seconds ? bestUnit(seconds, SPANS) : "never";
  const unit = chosen ?? ofValue;
  const factor = SPANS[unit] ?? 1;
  const shown = unit === MONTHS ? figureOf(months, 1) : figureOf(seconds, factor);
  const problem = getFieldState("valid_for_s").error ?? getFieldState("valid_for_months").error;
  const settle = (text: string, name: string): void => {
    const figure = name === "never" ? null : parseFigure(text, SPANS[name] ?? 1);
    const options = { shouldDirty: true };
    setChosen(name);
    setValue("valid_for_s", name === MONTHS ? null : figure, options);
    setValue("valid_for_months", name === MONTHS ? figure : null, options);
    if (name === MONTHS || name === "never") setValue("valid_from_first_use", false, options);
  };
  return (
    <>
      <Box sx={{ display: "flex", gap: 1, width: "100%", marginBlockEnd: 2.5 }}>
        <TextField
          select
          fullWidth
          margin="dense"
          label={translate("guests.plan.validity")}
          value={unit}
          error={problem !== undefined}
          helperText={problem?.message}
          onChange={(event) => settle(unit === "never" ? "1" : shown, event.target.value)}
        >
          {CHOICES.map((name) => (
            <MenuItem key={name} value={name}>
              {translate(name === "never" ? "guests.plan.no_end" : `app.unit.${name}`)}
            </MenuItem>
          ))}
        </TextField>
        {unit !== "never" && (
          <TextField
            fullWidth
            margin="dense"
            label={translate("guests.plan.how_many")}
            value={shown}
            onChange={(event) => settle(event.target.value, unit)}
            slotProps={{ htmlInput: { inputMode: "decimal", autoComplete: "off" } }}
          />
        )}
      </Box>
      {unit !== "never" && unit !== MONTHS && <BooleanInput source="valid_from_first_use" helperText={false} />}
    </>
  );
}
