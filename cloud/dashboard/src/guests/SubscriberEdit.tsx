/** What can be changed about a guest; the plan has a page of its own, because a change of it is an assignment. */
import { BooleanInput, DeleteButton, Edit, PasswordInput, type RaRecord, required, SaveButton, SimpleForm, TextInput, Toolbar } from "react-admin";

import { InstantInput } from "../shell/InstantInput";

function Buttons() {
  return (
    <Toolbar sx={{ justifyContent: "space-between" }}>
      <SaveButton />
      <DeleteButton mutationMode="pessimistic" confirmContent="guests.delete_text" />
    </Toolbar>
  );
}

/** The form's truth about `disabled`, which the API shows as an instant. */
function withTruth(record: RaRecord): RaRecord {
  return { ...record, disabled: record.disabled_at !== null };
}

/** An empty password leaves the one there is. */
function given({ password, ...data }: Record<string, unknown>): Record<string, unknown> {
  return typeof password === "string" && password !== "" ? { ...data, password } : data;
}

export default function SubscriberEdit() {
  return (
    <Edit mutationMode="pessimistic" redirect="show" actions={false} queryOptions={{ select: withTruth }} transform={given}>
      <SimpleForm toolbar={<Buttons />} sx={{ maxWidth: 640 }}>
        <TextInput source="username" validate={required()} fullWidth slotProps={{ htmlInput: { dir: "ltr", autoComplete: "off" } }} />
        <PasswordInput source="password" helperText="guests.password_help" fullWidth slotProps={{ htmlInput: { dir: "ltr", autoComplete: "new-password" } }} />
        <InstantInput source="valid_from" helperText="guests.valid_from_help" fullWidth />
        <BooleanInput source="disabled" label="guests.condition.disabled" helperText="guests.disabled_help" />
      </SimpleForm>
    </Edit>
  );
}
