/** What can be changed about a router; refused where somebody else was faster. */
import { DeleteButton, Edit, NumberInput, required, SaveButton, SelectInput, SimpleForm, TextInput, Toolbar } from "react-admin";

import { NAS_KINDS } from "./kinds";
import { PlaceInput } from "./PlaceInput";

function Buttons() {
  return (
    <Toolbar sx={{ justifyContent: "space-between" }}>
      <SaveButton />
      <DeleteButton mutationMode="pessimistic" confirmContent="routers.delete_text" />
    </Toolbar>
  );
}

/** An empty field means that there is no address. */
function parseAddress(text: string): string | null {
  return text === "" ? null : text;
}

export default function RouterEdit() {
  return (
    <Edit mutationMode="pessimistic" redirect="show" actions={false}>
      <SimpleForm toolbar={<Buttons />} sx={{ maxWidth: 640 }}>
        <TextInput source="name" validate={required()} fullWidth />
        <SelectInput source="nas_kind" choices={NAS_KINDS} validate={required()} helperText="routers.kind_help" fullWidth />
        <TextInput source="address" parse={parseAddress} helperText="routers.address_help" fullWidth slotProps={{ htmlInput: { dir: "ltr" } }} />
        <PlaceInput />
        <NumberInput source="interval_s" min={1} max={3600} validate={required()} helperText="routers.interval_help" />
        <NumberInput source="coa_port" min={1} max={65535} validate={required()} />
      </SimpleForm>
    </Edit>
  );
}
