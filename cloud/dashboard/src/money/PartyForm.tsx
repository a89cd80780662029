/** What documents say of a party: name, address, numbers, bank; the installation's has a few things more. */
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { AutocompleteInput, BooleanInput, NumberInput, ResourceContextProvider, SaveButton, SelectInput, SimpleForm, TextInput, Toolbar, useNotify, useTranslate } from "react-admin";

import { messageOf } from "../api/problems";
import type { Schemas } from "../api/types";
import { language, LANGUAGES } from "../i18n";
import { COUNTRIES } from "./countries";
import { daysOf } from "./partyBody";
import { useSubmission } from "../shell/useSubmission";

type Party = Schemas["OwnPartyIn"];

interface Props {
  party: object;
  /** Whether it is the installation's own. */
  own?: boolean;
  mayWrite: boolean;
  text: string;
  send: (party: Party) => Promise<unknown>;
}

const LTR = { htmlInput: { dir: "ltr" as const } };
const LANGUAGE_CHOICES = Object.entries(LANGUAGES).map(([id, name]) => ({ id, name }));

export function PartyForm({ party, own = false, mayWrite, text, send }: Props) {
  const translate = useTranslate();
  const notify = useNotify();
  const { onSubmit, error } = useSubmission(send, () => notify("money.details.saved", { type: "success" }));
  return (
    <ResourceContextProvider value="billing-details">
      <SimpleForm record={party} onSubmit={onSubmit} disabled={!mayWrite} toolbar={mayWrite ? <Toolbar><SaveButton /></Toolbar> : false} sx={{ maxWidth: 720, padding: 0 }}>
        <Alert severity="info" sx={{ width: "100%", marginBlockEnd: 1 }}>
          {text}
        </Alert>
        <Address />
        <Numbers />
        <Terms own={own} />
        {own && <Own />}
        {error !== null && <Alert severity="error">{translate(messageOf(error), { _: messageOf(error) })}</Alert>}
      </SimpleForm>
    </ResourceContextProvider>
  );
}

function Part({ name, children }: { name: string; children: ReactNode }) {
  const translate = useTranslate();
  return (
    <Box component="section" sx={{ width: "100%", marginBlockStart: 1.5 }}>
      <Typography variant="h3" gutterBottom>
        {translate(`money.details.part.${name}`)}
      </Typography>
      <Box sx={{ display: "grid", columnGap: 2, rowGap: 1.5, paddingBlockStart: 0.5, alignItems: "start", gridTemplateColumns: { xs: "minmax(0, 1fr)", sm: "repeat(2, minmax(0, 1fr))" } }}>{children}</Box>
    </Box>
  );
}

function Address() {
  const names = new Intl.DisplayNames(language(), { type: "region" });
  const countries = COUNTRIES.map((id) => ({ id, name: names.of(id) ?? id }));
  return (
    <Part name="address">
      <TextInput source="legal_name" helperText={false} fullWidth />
      <TextInput source="street" helperText={false} fullWidth />
      <TextInput source="postcode" helperText={false} fullWidth />
      <TextInput source="city" helperText={false} fullWidth />
      <TextInput source="region" helperText={false} fullWidth />
      <AutocompleteInput source="country" choices={countries} helperText={false} fullWidth />
      <TextInput source="email" type="email" helperText={false} fullWidth />
      <TextInput source="phone" helperText={false} slotProps={LTR} fullWidth />
    </Part>
  );
}

function Numbers() {
  return (
    <Part name="numbers">
      <TextInput source="tax_number" helperText="money.details.tax_help" slotProps={LTR} fullWidth />
      <TextInput source="company_number" helperText={false} slotProps={LTR} fullWidth />
      <TextInput source="iban" helperText={false} slotProps={LTR} fullWidth />
      <TextInput source="bic" helperText={false} slotProps={LTR} fullWidth />
    </Part>
  );
}

function Terms({ own }: { own: boolean }) {
  return (
    <Part name="terms">
      <SelectInput source="language" choices={LANGUAGE_CHOICES} helperText={own ? false : "money.details.language_help"} fullWidth />
      <NumberInput source="payment_terms_days" min={0} max={365} helperText="money.details.terms_help" fullWidth />
    </Part>
  );
}

function Own() {
  return (
    <Part name="documents">
      <TextInput source="invoice_prefix" helperText={false} slotProps={LTR} fullWidth />
      <TextInput source="settlement_prefix" helperText={false} slotProps={LTR} fullWidth />
      <TextInput source="credit_note_prefix" helperText={false} slotProps={LTR} fullWidth />
      <TextInput
        source="reminder_days"
        helperText="money.details.reminder_help"
        format={(held: number[] | string | null | undefined) => (Array.isArray(held) ? held.join(", ") : (held ?? ""))}
        slotProps={LTR}
        fullWidth
      />
      <BooleanInput source="send_documents" helperText={false} />
      <TextInput source="note" helperText={false} multiline minRows={2} fullWidth sx={{ gridColumn: "1 / -1" }} />
    </Part>
  );
}

/** The days of reminders as the API takes them, from what the form holds. */
export function withReminderDays(party: Party): Party {
  const held = party.reminder_days as unknown;
  return typeof held === "string" ? { ...party, reminder_days: daysOf(held) } : party;
}
