/** What is asked about a host, in three parts: what it is, whom to ask, what guests see of it. */
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { AutocompleteInput, email, maxLength, required, TextInput, useTranslate } from "react-admin";

import { useMay } from "../shell/useMe";
import { ColorInput } from "./ColorInput";
import { currencyChoices, languageChoices, timezoneChoices } from "./places";

const HTTPS = /^https:\/\/[^\s"'<>]+$/;
const LEFT_TO_RIGHT = { htmlInput: { dir: "ltr" } };

function httpsOnly(value: unknown): string | undefined {
  return typeof value !== "string" || value === "" || HTTPS.test(value) ? undefined : "administration.host.https_only";
}

/** An empty field means that there is none. */
function orNull(text: string): string | null {
  return text === "" ? null : text;
}

export function Part({ name, children }: { name: string; children: ReactNode }) {
  const translate = useTranslate();
  return (
    <>
      <Typography variant="h2" sx={{ marginBlock: 1 }}>
        {translate(`administration.host.part.${name}`)}
      </Typography>
      {children}
    </>
  );
}

/** `isNew`: time zone and currency are chosen; later only an Admin changes them. */
export function AboutHost({ isNew = false }: { isNew?: boolean }) {
  const settles = useMay("settings", "write") || isNew;
  return (
    <Part name="about">
      <TextInput source="name" validate={[required(), maxLength(200)]} fullWidth autoFocus={isNew} />
      <AutocompleteInput source="timezone" choices={timezoneChoices()} validate={required()} disabled={!settles} helperText="administration.host.timezone_help" fullWidth />
      <AutocompleteInput source="currency" choices={currencyChoices()} validate={required()} disabled={!settles} helperText={isNew ? false : "administration.host.currency_help"} fullWidth />
      <AutocompleteInput source="language" choices={languageChoices()} parse={orNull} helperText="administration.host.language_help" fullWidth />
    </Part>
  );
}

export function ContactsOfHost() {
  return (
    <Part name="contacts">
      <TextInput source="contact_name" parse={orNull} validate={maxLength(200)} fullWidth />
      <TextInput source="contact_email" type="email" parse={orNull} validate={email()} fullWidth slotProps={LEFT_TO_RIGHT} />
      <TextInput source="contact_phone" type="tel" parse={orNull} fullWidth slotProps={LEFT_TO_RIGHT} />
    </Part>
  );
}

export function LooksOfHost() {
  return (
    <Part name="looks">
      <TextInput source="brand_name" parse={orNull} validate={maxLength(200)} helperText="administration.host.brand_name_help" fullWidth />
      <ColorInput source="brand_color" />
      <ColorInput source="background_color" />
      <TextInput source="welcome_text" parse={orNull} validate={maxLength(1000)} multiline minRows={2} fullWidth />
      <TextInput source="support_contact" parse={orNull} validate={maxLength(200)} helperText="administration.host.support_help" fullWidth />
      <TextInput source="terms_url" type="url" parse={orNull} validate={httpsOnly} fullWidth slotProps={LEFT_TO_RIGHT} />
    </Part>
  );
}
