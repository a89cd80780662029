/** `/account`: what whoever is signed in sets for themselves: password, second factor, looks, sessions, API keys. */
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { Loading, Title, useLocaleState, useTheme, useTranslate } from "react-admin";

import type { Me } from "../api/types";
import { LANGUAGES } from "../i18n";
import { useMe } from "../shell/useMe";
import { ApiKeys } from "./ApiKeys";
import { LoginSessions } from "./LoginSessions";
import { OwnPassword } from "./OwnPassword";
import { SecondFactor } from "./SecondFactor";
import { Facts, Section } from "../shell/Section";
import { HostsOf } from "./StaffList";

export default function AccountPage() {
  const translate = useTranslate();
  const me = useMe();
  if (!me) return <Loading />;
  return (
    <Stack spacing={2} sx={{ maxWidth: 900 }}>
      <Title title={translate("app.menu.account")} />
      <Person me={me} />
      <Looks />
      <OwnPassword me={me} />
      <SecondFactor me={me} />
      <LoginSessions />
      <ApiKeys me={me} />
    </Stack>
  );
}

function Person({ me }: { me: Me }) {
  const translate = useTranslate();
  return (
    <Section title={me.email} text={translate(`administration.role_text.${me.role}`)}>
      <Facts
        rows={[
          [translate("resources.staff.fields.role"), translate(`administration.role.${me.role}`)],
          [translate("resources.staff.fields.host_ids"), <HostsOf key="hosts" account={me} />],
        ]}
      />
    </Section>
  );
}

/** Kept in this browser. */
function Looks() {
  const translate = useTranslate();
  const [locale, setLocale] = useLocaleState();
  const [theme, setTheme] = useTheme();
  return (
    <Section title={translate("administration.account.looks")}>
      <Stack direction={{ xs: "column", sm: "row" }} spacing={2}>
        <TextField select fullWidth label={translate("administration.account.language")} value={locale} onChange={(event) => setLocale(event.target.value)}>
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <MenuItem key={code} value={code} lang={code}>
              {name}
            </MenuItem>
          ))}
        </TextField>
        <TextField select fullWidth label={translate("administration.account.theme")} value={theme} onChange={(event) => setTheme(event.target.value as "light" | "dark")}>
          {(["light", "dark"] as const).map((each) => (
            <MenuItem key={each} value={each}>
              {translate(`administration.account.${each}`)}
            </MenuItem>
          ))}
        </TextField>
      </Stack>
    </Section>
  );
}
