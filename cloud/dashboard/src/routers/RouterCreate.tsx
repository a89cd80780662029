/** A new router; then its enrolment, whose code no other answer shows again. */
import { useState } from "react";
import {
  AutocompleteInput,
  Create,
  NumberInput,
  ReferenceInput,
  required,
  SelectInput,
  SimpleForm,
  TextInput,
  useRedirect,
} from "react-admin";

import type { Schemas } from "../api/types";
import { EnrolmentDialog, type Secrets } from "./EnrolmentDialog";
import { NAS_KINDS } from "./kinds";
import { PlaceInput } from "./PlaceInput";

export default function RouterCreate() {
  const redirect = useRedirect();
  const [made, setMade] = useState<(Secrets & { id: string }) | null>(null);
  const onSuccess = (router: Schemas["RouterCreated"]) => setMade(router);
  return (
    <Create mutationOptions={{ onSuccess }} redirect={false}>
      <SimpleForm defaultValues={{ nas_kind: "agent", interval_s: 30 }} sx={{ maxWidth: 640 }}>
        <TextInput source="name" validate={required()} autoFocus fullWidth />
        <ReferenceInput source="host_id" reference="hosts">
          <AutocompleteInput validate={required()} filterToQuery={(search: string) => ({ search })} fullWidth />
        </ReferenceInput>
        <SelectInput source="nas_kind" choices={NAS_KINDS} validate={required()} helperText="routers.kind_help" fullWidth />
        <TextInput source="address" helperText="routers.address_help" fullWidth slotProps={{ htmlInput: { dir: "ltr" } }} />
        <PlaceInput />
        <NumberInput source="interval_s" min={1} max={3600} helperText="routers.interval_help" />
      </SimpleForm>
      {made && <EnrolmentDialog secrets={made} onClose={() => redirect("show", "routers", made.id)} />}
    </Create>
  );
}
