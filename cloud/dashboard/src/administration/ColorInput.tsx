/** A colour, picked or typed as `#7a1f3d`; none where the field is empty. */
import IconButton from "@mui/material/IconButton";
import InputAdornment from "@mui/material/InputAdornment";
import ClearIcon from "@mui/icons-material/Clear";
import TextField from "@mui/material/TextField";
import { FieldTitle, useInput, useResourceContext, useTranslate } from "react-admin";

const COLOR = /^#[0-9a-f]{6}$/;
/** What the picker starts with; it knows no "none". */
const BEGIN = "#0f766e";

/** What is wrong with a colour, as a translation key. */
function validate(value: unknown): string | undefined {
  return typeof value !== "string" || COLOR.test(value) ? undefined : "administration.host.color_form";
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function parsed(text: unknown): string | null {
  return typeof text === "string" && text !== "" ? text.toLowerCase() : null;
}

export function ColorInput({ source }: { source: string }) {
  const translate = useTranslate();
  const resource = useResourceContext();
  const { field, fieldState, id } = useInput({ source, validate, format: shown, parse: parsed });
  const value = String(field.value);
  const problem = fieldState.error?.message;
  const pick = translate("administration.host.pick", { what: translate(`resources.${resource ?? ""}.fields.${source}`) });
  return (
    <TextField
      {...field}
      id={id}
      value={value}
      label={<FieldTitle source={source} {...(resource !== undefined && { resource })} />}
      error={problem !== undefined}
      helperText={problem === undefined ? " " : translate(problem.replace(/^@@react-admin@@"?|"$/g, ""))}
      placeholder={BEGIN}
      slotProps={{
        htmlInput: { dir: "ltr" },
        input: {
          startAdornment: (
            <InputAdornment position="start">
              <input
                type="color"
                aria-label={pick}
                value={COLOR.test(value) ? value : BEGIN}
                onChange={(event) => field.onChange(event.target.value)}
                style={{ inlineSize: 28, blockSize: 28, padding: 0, border: 0, background: "none", cursor: "pointer" }}
              />
            </InputAdornment>
          ),
          ...(value !== "" && {
            endAdornment: (
              <IconButton size="small" aria-label={translate("administration.host.no_color")} onClick={() => field.onChange("")}>
                <ClearIcon fontSize="small" />
              </IconButton>
            ),
          }),
        },
      }}
    />
  );
}
