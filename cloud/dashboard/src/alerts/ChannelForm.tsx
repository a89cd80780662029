/** What a channel is asked for, besides what it is: its target, whose alerts, which, from how bad on. */
import { AutocompleteInput, BooleanInput, CheckboxGroupInput, email, maxLength, ReferenceInput, required, SelectInput, TextInput } from "react-admin";

import { useMay, useMe } from "../shell/useMe";
import { kindChoices, SEVERITIES } from "./words";

const NEEDED = [required()];
const LEFT_TO_RIGHT = { htmlInput: { dir: "ltr", autoComplete: "off" } };

function webAddress(value: unknown): string | undefined {
  return typeof value !== "string" || value === "" || /^https?:\/\/\S+$/.test(value) ? undefined : "alerts.channel.url_form";
}

export function Target({ kind }: { kind: "email" | "webhook" | undefined }) {
  if (kind === "webhook") return <TextInput source="url" type="url" validate={[required(), webAddress]} helperText="alerts.channel.url_help" fullWidth slotProps={LEFT_TO_RIGHT} />;
  return <TextInput source="recipient" type="email" validate={[required(), email()]} helperText="alerts.channel.recipient_help" fullWidth slotProps={LEFT_TO_RIGHT} />;
}

export function ChannelName() {
  return <TextInput source="name" validate={[required(), maxLength(200)]} helperText="alerts.channel.name_help" fullWidth />;
}

/** Whose alerts; a Host's channels are its own. */
export function Whose() {
  const me = useMe();
  const reads = useMay("hosts");
  if (!me || me.host_id || !reads) return null;
  return (
    <ReferenceInput source="host_id" reference="hosts">
      <AutocompleteInput filterToQuery={(search: string) => ({ search })} helperText="alerts.channel.host_help" fullWidth />
    </ReferenceInput>
  );
}

export function WhatIsTold() {
  const me = useMe();
  return (
    <>
      <SelectInput source="min_severity" choices={SEVERITIES.map((id) => ({ id, name: `alerts.severity_from.${id}` }))} validate={NEEDED} helperText={false} fullWidth />
      <CheckboxGroupInput source="alert_kinds" choices={kindChoices(me)} row={false} helperText="alerts.channel.kinds_help" />
      <BooleanInput source="enabled" helperText={false} />
    </>
  );
}
