/** A new guest: name, password, plan; from when and until when, where that matters. */
import { AutocompleteInput, Create, PasswordInput, ReferenceInput, required, SimpleForm, TextInput } from "react-admin";

import { InstantInput } from "../shell/InstantInput";
import { HostInput, Pair } from "./PlanForm";

export default function SubscriberCreate() {
  return (
    <Create redirect="show">
      <SimpleForm sx={{ maxWidth: 640 }}>
        <TextInput source="username" validate={required()} autoFocus fullWidth helperText="guests.username_help" slotProps={{ htmlInput: { dir: "ltr", autoComplete: "off" } }} />
        <PasswordInput source="password" validate={required()} fullWidth slotProps={{ htmlInput: { dir: "ltr", autoComplete: "new-password" } }} />
        <HostInput helperText="guests.host_help" />
        <ReferenceInput source="plan_id" reference="plans">
          <AutocompleteInput filterToQuery={(search: string) => ({ search })} helperText="guests.plan_help" fullWidth />
        </ReferenceInput>
        <Pair>
          <InstantInput source="valid_from" helperText="guests.valid_from_help" fullWidth />
          <InstantInput source="valid_until" helperText="guests.valid_until_help" fullWidth />
        </Pair>
      </SimpleForm>
    </Create>
  );
}
