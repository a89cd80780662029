/** What can be changed about a host; refused where somebody else was faster. */
import { Edit, SaveButton, SimpleForm, Toolbar } from "react-admin";

import { AboutHost, ContactsOfHost, LooksOfHost } from "./HostForm";

export default function HostEdit() {
  return (
    <Edit mutationMode="pessimistic" redirect="show" actions={false} queryOptions={{ staleTime: 0 }}>
      <SimpleForm toolbar={<Toolbar><SaveButton /></Toolbar>} sx={{ maxWidth: 640 }}>
        <AboutHost />
        <ContactsOfHost />
        <LooksOfHost />
      </SimpleForm>
    </Edit>
  );
}
