/** Every setting of the processes by the variable that changes it; searched by name or value. */
import Box from "@mui/material/Box";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { useTranslate } from "react-admin";

import type { Schemas } from "../api/types";
import { Section } from "../shell/Section";
import { StatusChip } from "../shell/StatusChip";
import { MONOSPACE } from "../shell/theme";

type Variable = Schemas["VariableOut"];

/** Those whose name or value has the text; what was set comes first. */
export function variablesFor(variables: readonly Variable[], text: string): Variable[] {
  const wanted = text.trim().toLowerCase();
  const found = variables.filter(({ variable, value }) => `${variable} ${value ?? ""}`.toLowerCase().includes(wanted));
  return [...found.filter((each) => each.given), ...found.filter((each) => !each.given)];
}

export function Variables({ variables }: { variables: readonly Variable[] }) {
  const translate = useTranslate();
  const [search, setSearch] = useState("");
  const found = variablesFor(variables, search);
  return (
    <Section
      title={translate("administration.settings.variables")}
      text={translate("administration.settings.variables_text")}
      actions={<TextField label={translate("resources.hosts.fields.search")} value={search} onChange={(event) => setSearch(event.target.value)} slotProps={{ htmlInput: { dir: "ltr", type: "search" } }} />}
    >
      {found.length === 0 && <Typography color="textSecondary">{translate("app.search.nothing")}</Typography>}
      <Box component="ul" sx={{ listStyle: "none", margin: 0, padding: 0 }}>
        {found.map((each) => (
          <Line key={each.variable} variable={each} />
        ))}
      </Box>
    </Section>
  );
}

function Line({ variable: { variable, value, given, secret } }: { variable: Variable }) {
  const translate = useTranslate();
  const shown = value ?? translate(`administration.settings.${secret && given ? "secret" : "unset"}`);
  return (
    <Box component="li" sx={{ display: "flex", gap: 1, flexWrap: "wrap", alignItems: "center", paddingBlock: 0.75, borderBlockEnd: 1, borderColor: "divider" }}>
      <Typography component="code" dir="ltr" sx={{ fontFamily: MONOSPACE, fontSize: 13, flex: "0 1 340px", overflowWrap: "anywhere" }}>
        {variable}
      </Typography>
      <Typography component="span" dir={value === null ? undefined : "ltr"} color={value === null ? "textSecondary" : "textPrimary"} sx={{ flex: "1 1 160px", overflowWrap: "anywhere" }}>
        {shown}
      </Typography>
      {given && <StatusChip tone="good" label={translate("administration.settings.given")} />}
    </Box>
  );
}
