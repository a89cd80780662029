/** One host: what it is, what its guests see, where its routers, guests and people are, and what an Admin may do with it. */
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { EditButton, EmailField, Loading, ShowBase, Title, useRecordContext, useTranslate } from "react-admin";

import type { Schemas } from "../api/types";
import { useMay } from "../shell/useMe";
import { When } from "../shell/When";
import { HostActions } from "./HostActions";
import { HostChip } from "./HostChip";
import { HostLeads } from "./HostLeads";
import { HostLooks } from "./HostLooks";
import { Facts, Section } from "../shell/Section";

export default function HostShow() {
  return (
    // A list knows neither the logo nor the version.
    <ShowBase queryOptions={{ staleTime: 0 }}>
      <Shown />
    </ShowBase>
  );
}

function Shown() {
  const translate = useTranslate();
  const host = useRecordContext<Schemas["HostPageOut"]>();
  const writes = useMay("hosts", "write");
  const settles = useMay("settings", "write");
  if (!host) return <Loading />;
  return (
    <Stack spacing={2}>
      <Title title={host.name} />
      <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
        <Typography variant="h2">{host.name}</Typography>
        <Box sx={{ flex: 1 }}>
          <HostChip host={host} />
        </Box>
        {settles && <HostActions host={host} />}
        {writes && <EditButton variant="contained" />}
      </Stack>
      {host.suspended_at && (
        <Alert severity="warning">
          {translate("administration.host.suspended_text")} <When at={host.suspended_at} />
        </Alert>
      )}
      <HostLeads host={host} />
      <Box sx={{ display: "grid", gap: 2, alignItems: "start", gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "repeat(2, minmax(0, 1fr))" } }}>
        <About host={host} />
        <HostLooks host={host} />
      </Box>
    </Stack>
  );
}

function About({ host }: { host: Schemas["HostPageOut"] }) {
  const translate = useTranslate();
  const named = (field: string) => translate(`resources.hosts.fields.${field}`);
  return (
    <Section title={translate("administration.host.part.about")}>
      <Facts
        rows={[
          [named("contact_name"), host.contact_name],
          [named("contact_email"), host.contact_email && <EmailField source="contact_email" />],
          [named("contact_phone"), host.contact_phone && <span dir="ltr">{host.contact_phone}</span>],
          [named("timezone"), host.timezone],
          [named("currency"), host.currency],
          [named("language"), host.language ?? translate("administration.host.language_default")],
          [named("created_at"), <When key="at" at={host.created_at} />],
        ]}
      />
    </Section>
  );
}
