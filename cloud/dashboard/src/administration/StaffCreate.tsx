/** A new account: who, as what, for which hosts; invited by e-mail, or with a password to hand over. */
import {
  AutocompleteArrayInput,
  AutocompleteInput,
  Create,
  email,
  FormDataConsumer,
  maxLength,
  minLength,
  PasswordInput,
  RadioButtonGroupInput,
  ReferenceArrayInput,
  ReferenceInput,
  required,
  SimpleForm,
  TextInput,
  useTranslate,
} from "react-admin";

import type { Schemas } from "../api/types";
import { ROLES } from "./roles";

type Wanted = Partial<Schemas["StaffAccountIn"]>;

export const SHORTEST = 10;
export const PASSWORD_FORM = [minLength(SHORTEST), maxLength(200)];
const searched = (search: string) => ({ search });

/** Only what belongs to the role; without password the API invites by e-mail. */
export function accountOf(wanted: Wanted): Wanted {
  const { email: address, role, host_id, host_ids, password } = wanted;
  return {
    ...(address !== undefined && { email: address }),
    ...(role !== undefined && { role }),
    ...(role === "host" && { host_id: host_id ?? null }),
    ...(role === "technician" && { host_ids: host_ids ?? [] }),
    ...(password && { password }),
  };
}

function RoleWithWords({ id }: { id: string }) {
  const translate = useTranslate();
  return (
    <span>
      <strong>{translate(`administration.role.${id}`)}</strong> – {translate(`administration.role_text.${id}`)}
    </span>
  );
}

export default function StaffCreate() {
  const translate = useTranslate();
  return (
    <Create transform={accountOf} redirect="list">
      <SimpleForm defaultValues={{ role: "host" }} sx={{ maxWidth: 680 }}>
        <TextInput source="email" type="email" validate={[required(), email()]} fullWidth autoFocus slotProps={{ htmlInput: { dir: "ltr", autoComplete: "off" } }} />
        <RadioButtonGroupInput
          source="role"
          choices={ROLES}
          row={false}
          validate={required()}
          optionText={(role: { id: string }) => <RoleWithWords id={role.id} />}
        />
        <FormDataConsumer<Wanted>>{({ formData }) => <HostsFor role={formData.role} />}</FormDataConsumer>
        <PasswordInput source="password" validate={PASSWORD_FORM} helperText={translate("administration.staff.password_help")} autoComplete="new-password" fullWidth />
      </SimpleForm>
    </Create>
  );
}

function HostsFor({ role }: { role: Wanted["role"] }) {
  if (role === "host") {
    return (
      <ReferenceInput source="host_id" reference="hosts">
        <AutocompleteInput validate={required()} filterToQuery={searched} fullWidth />
      </ReferenceInput>
    );
  }
  return role === "technician" ? <HostsInput /> : null;
}

/** The hosts a Technician looks after. */
export function HostsInput() {
  return (
    <ReferenceArrayInput source="host_ids" reference="hosts">
      <AutocompleteArrayInput filterToQuery={searched} helperText="administration.staff.hosts_help" fullWidth />
    </ReferenceArrayInput>
  );
}
