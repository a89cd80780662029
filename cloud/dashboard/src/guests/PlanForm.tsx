/** What a venue decides about a plan, and the few technical things behind a fold; below, what it gives in words. */
import ExpandMoreIcon from "@mui/icons-material/ExpandMoreOutlined";
import Accordion from "@mui/material/Accordion";
import AccordionDetails from "@mui/material/AccordionDetails";
import AccordionSummary from "@mui/material/AccordionSummary";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import { type ReactNode, useMemo } from "react";
import { AutocompleteInput, BooleanInput, NumberInput, ReferenceInput, required, SelectInput, TextInput, useTranslate } from "react-admin";
import { useWatch } from "react-hook-form";

import { language } from "../i18n";
import { useMay, useMe } from "../shell/useMe";
import { type Given, PERIODS, planInWords } from "./planWords";
import { MoneyInput, UnitInput } from "../shell/UnitInput";
import { RATES, SPANS, VOLUMES } from "../shell/units";
import { ValidityInput } from "./ValidityInput";

const NEEDED = [required()];

/** Two fields beside each other where there is room. */
export function Pair({ children }: { children: ReactNode }) {
  return <Box sx={{ display: "grid", width: "100%", columnGap: 2, alignItems: "start", gridTemplateColumns: { xs: "minmax(0, 1fr)", sm: "repeat(2, minmax(0, 1fr))" } }}>{children}</Box>;
}

function useCurrencies(): { id: string; name: string }[] {
  const code = language();
  return useMemo(() => {
    const names = new Intl.DisplayNames(code, { type: "currency" });
    return Intl.supportedValuesOf("currency").map((id) => ({ id, name: `${id} – ${names.of(id) ?? id}` }));
  }, [code]);
}

/** Whose a new record is: asked of those who have several hosts, and not of a Host. */
export function HostInput({ helperText }: { helperText: string }) {
  const me = useMe();
  const readsHosts = useMay("hosts");
  if (!readsHosts || me?.host_id) return null;
  return (
    <ReferenceInput source="host_id" reference="hosts">
      <AutocompleteInput helperText={helperText} filterToQuery={(search: string) => ({ search })} fullWidth />
    </ReferenceInput>
  );
}

export function PlanForm({ fresh = false }: { fresh?: boolean }) {
  const translate = useTranslate();
  const currencies = useCurrencies();
  const quota = useWatch({ name: "quota_bytes" }) as number | null | undefined;
  const periods = PERIODS.map((id) => ({ id, name: translate(`guests.period.${id}`) }));
  return (
    <>
      <TextInput source="name" validate={required()} helperText="guests.plan.name_help" autoFocus={fresh} fullWidth />
      {fresh && <HostInput helperText="guests.plan.host_help" />}
      <Pair>
        <UnitInput source="quota_bytes" units={VOLUMES} unit="GB" helperText="guests.plan.quota_help" />
        <SelectInput source="period" choices={periods} disabled={!quota} validate={required()} helperText={false} fullWidth />
        <UnitInput source="rate_down_bps" units={RATES} helperText="guests.plan.empty_is_unlimited" />
        <UnitInput source="rate_up_bps" units={RATES} helperText="guests.plan.empty_is_unlimited" />
        <NumberInput source="max_sessions" min={1} max={10_000} helperText="guests.plan.devices_help" fullWidth />
      </Pair>
      <ValidityInput />
      <Pair>
        <MoneyInput source="price_minor" validate={NEEDED} />
        <AutocompleteInput source="currency" choices={currencies} validate={required()} helperText={false} fullWidth />
      </Pair>
      <BooleanInput source="is_default" helperText="guests.plan.default_help" />
      <Technical />
      <InWords />
    </>
  );
}

function Technical() {
  const translate = useTranslate();
  const storages = ["sealed", "argon2id"].map((id) => ({ id, name: translate(`guests.storage.${id}`) }));
  return (
    <Accordion variant="outlined" disableGutters sx={{ width: "100%", marginBlock: 1 }} slotProps={{ heading: { component: "h2" } }}>
      <AccordionSummary expandIcon={<ExpandMoreIcon />}>{translate("guests.plan.technical")}</AccordionSummary>
      <AccordionDetails>
        <UnitInput source="session_timeout_s" units={SPANS} unit="hours" helperText="guests.plan.session_help" />
        <UnitInput source="idle_timeout_s" units={SPANS} unit="minutes" helperText="guests.plan.idle_help" />
        <NumberInput source="interim_interval_s" min={60} max={86_400} validate={required()} helperText="guests.plan.interim_help" fullWidth />
        <SelectInput source="password_storage" choices={storages} validate={required()} helperText="guests.plan.storage_help" fullWidth />
      </AccordionDetails>
    </Accordion>
  );
}

function InWords() {
  const translate = useTranslate();
  const given = useWatch() as Given;
  return (
    <Alert severity="info" icon={false} sx={{ width: "100%", marginBlock: 1 }}>
      {translate("guests.plan.gets")} {planInWords(translate, given).join(" · ")}
    </Alert>
  );
}
