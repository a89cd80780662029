/** One's API keys: made with rights and an end, shown once, revoked at once. */
import Card from "@mui/material/Card";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslate } from "react-admin";

import { api, bodyOf } from "../api/client";
import { messageOf } from "../api/problems";
import type { Me, Schemas } from "../api/types";
import { When } from "../shell/When";
import { ApiKeyDialog } from "./ApiKeyDialog";
import { AskButton } from "../shell/AskButton";
import { Section } from "../shell/Section";

type ApiKey = Schemas["ApiKeyOut"];

export function ApiKeys({ me }: { me: Me }) {
  const translate = useTranslate();
  const [creating, setCreating] = useState(false);
  const { data: keys, error } = useQuery({ queryKey: ["account", "api-keys"], queryFn: () => bodyOf(api.GET("/api/v1/auth/api-keys")) });
  return (
    <Section
      title={translate("administration.keys.title")}
      text={translate("administration.keys.text")}
      actions={
        <Button variant="contained" onClick={() => setCreating(true)}>
          {translate("administration.keys.create")}
        </Button>
      }
    >
      {error && <Typography color="error">{translate(messageOf(error), { _: messageOf(error) })}</Typography>}
      {keys?.length === 0 && <Typography color="textSecondary">{translate("administration.keys.empty")}</Typography>}
      {keys?.map((each) => <Line key={each.id} apiKey={each} />)}
      {creating && <ApiKeyDialog me={me} onClose={() => setCreating(false)} />}
    </Section>
  );
}

function Line({ apiKey }: { apiKey: ApiKey }) {
  const translate = useTranslate();
  const params = { path: { key_id: apiKey.id } };
  const rights = Object.entries(apiKey.rights).map(([area, right]) => `${translate(`administration.area.${area}`)}: ${translate(`administration.right.${right}`)}`);
  return (
    <Card variant="outlined" sx={{ padding: 1.25 }}>
      <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
        <div style={{ flex: 1, minWidth: 200 }}>
          <Typography>
            <strong>{apiKey.name}</strong> <code dir="ltr">{apiKey.prefix}…</code>
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {rights.join(" · ")}
          </Typography>
          <Typography variant="body2" color="textSecondary" component="div">
            {translate("administration.keys.until")} <When at={apiKey.expires_at} /> · {translate("administration.keys.used")} {apiKey.used_at ? <When at={apiKey.used_at} relative /> : translate("administration.keys.never")}
          </Typography>
        </div>
        <AskButton word="administration.keys.revoke" text="administration.keys.revoke_text" name={apiKey.name} color="error" work={() => api.DELETE("/api/v1/auth/api-keys/{key_id}", { params })} />
      </Stack>
    </Card>
  );
}
