/** `/settings`: how this installation is set up, what of it is changed in the dashboard, and which variable changes the rest. */
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import { useQuery } from "@tanstack/react-query";
import { Loading, Title, useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import { api, bodyOf } from "../api/client";
import type { Schemas } from "../api/types";
import { bytes, duration } from "../i18n/formats";
import { PageError } from "../shell/PageError";
import { Facts, Section } from "../shell/Section";
import { StatusChip } from "../shell/StatusChip";
import { When } from "../shell/When";
import { Variables } from "./Variables";

type Settings = Schemas["SettingsOut"];
const LOOK_MS = 30_000;
/** What of the installation is set elsewhere in the dashboard. */
const ELSEWHERE = [
  { name: "issuer", to: "/issuer" },
  { name: "hosts", to: "/hosts" },
  { name: "rules", to: "/alert-rules" },
  { name: "channels", to: "/alert-channels" },
  { name: "staff", to: "/staff" },
] as const;

export default function SettingsPage() {
  const translate = useTranslate();
  const { data, error, refetch } = useQuery({
    queryKey: ["settings"],
    refetchInterval: LOOK_MS,
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/settings", { signal })),
  });
  return (
    <Stack spacing={2}>
      <Title title={translate("administration.settings.title")} />
      {error && <PageError error={error} resetErrorBoundary={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && <Shown settings={data} />}
    </Stack>
  );
}

function Shown({ settings }: { settings: Settings }) {
  const translate = useTranslate();
  return (
    <>
      <Section title={translate("administration.settings.elsewhere")} text={translate("administration.settings.elsewhere_text")}>
        <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: "wrap" }}>
          {ELSEWHERE.map(({ name, to }) => (
            <Button key={name} variant="outlined" component={Link} to={to}>
              {translate(`administration.settings.to.${name}`)}
            </Button>
          ))}
        </Stack>
      </Section>
      <Box sx={{ display: "grid", gap: 2, alignItems: "start", gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "repeat(2, minmax(0, 1fr))" } }}>
        <System settings={settings} />
        <Reach settings={settings} />
        <Processes settings={settings} />
        <Kept settings={settings} />
      </Box>
      <Variables variables={settings.variables} />
    </>
  );
}

function useWords(): (key: string) => string {
  const translate = useTranslate();
  return (key) => translate(`administration.settings.${key}`);
}

function System({ settings }: { settings: Settings }) {
  const word = useWords();
  const { database, mail } = settings;
  const isCurrent = database.migration === database.newest_migration;
  return (
    <Section title={word("system")}>
      {!isCurrent && <Alert severity="warning">{word("migrate")}</Alert>}
      <Facts
        rows={[
          [word("version"), settings.version],
          [word("database"), <bdi key="database">{`PostgreSQL ${database.postgresql}, ${bytes(database.size_bytes)}`}</bdi>],
          [word("schema"), <StatusChip key="schema" tone={isCurrent ? "good" : "warn"} label={database.migration ?? "–"} />],
          [word("timezone"), settings.timezone],
          [word("mail"), mail.sends ? <bdi key="mail">{mail.sender}</bdi> : <StatusChip key="mail" tone="warn" label={word("no_mail")} why={word("no_mail_text")} />],
          [word("billing"), word(settings.billing_automatic ? "billing_automatic" : "billing_by_hand")],
        ]}
      />
    </Section>
  );
}

function Reach({ settings: { reach } }: { settings: Settings }) {
  const word = useWords();
  const said = (text: string | number) => <bdi dir="ltr">{text}</bdi>;
  return (
    <Section title={word("reach")}>
      <Facts
        rows={[
          [word("public_url"), said(reach.public_url)],
          [word("mqtt"), said(reach.mqtt)],
          [word("websocket"), said(reach.mqtt_websocket_url)],
          [word("radius"), said(`UDP ${reach.radius_auth_port}, ${reach.radius_acct_port}`)],
          [word("radsec"), reach.radsec_port === null ? word("off") : said(`TCP ${reach.radsec_port}`)],
        ]}
      />
    </Section>
  );
}

function Processes({ settings }: { settings: Settings }) {
  const translate = useTranslate();
  const word = useWords();
  return (
    <Section title={word("processes")} text={word("processes_text")}>
      <Facts
        rows={settings.roles.map((role) => [
          role.role,
          <span key={role.role}>
            {translate("administration.settings.connections", { smart_count: role.connections })} · {word("since")} <When at={role.connected_since} relative />
          </span>,
        ])}
      />
    </Section>
  );
}

function Kept({ settings }: { settings: Settings }) {
  const translate = useTranslate();
  const word = useWords();
  return (
    <Section title={word("kept")} text={word("kept_text")}>
      <Facts rows={settings.kept.map(({ what, seconds }) => [translate(`administration.settings.kept_what.${what}`, { _: what }), duration(seconds)])} />
    </Section>
  );
}
