/** A new host: what it is and whom to ask; how it looks to guests comes on its page. */
import { Create, SimpleForm } from "react-admin";

import { NotFound } from "../shell/NotFound";
import { useMay } from "../shell/useMe";
import { AboutHost, ContactsOfHost } from "./HostForm";
import { ownTimezone } from "./places";

export default function HostCreate() {
  const creates = useMay("settings", "write");
  if (!creates) return <NotFound />;
  return (
    <Create redirect="show">
      <SimpleForm defaultValues={{ timezone: ownTimezone() }} sx={{ maxWidth: 640 }}>
        <AboutHost isNew />
        <ContactsOfHost />
      </SimpleForm>
    </Create>
  );
}
