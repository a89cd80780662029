/** Where one is signed in, and ending what is not oneself. */
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { useTranslate } from "react-admin";

import { api, bodyOf } from "../api/client";
import { messageOf } from "../api/problems";
import type { Schemas } from "../api/types";
import { StatusChip } from "../shell/StatusChip";
import { When } from "../shell/When";
import { AskButton } from "../shell/AskButton";
import { browserOf } from "./browsers";
import { Section } from "../shell/Section";

type LoginSession = Schemas["StaffSessionOut"];

export function LoginSessions() {
  const translate = useTranslate();
  const { data: sessions, error } = useQuery({ queryKey: ["account", "sessions"], queryFn: () => bodyOf(api.GET("/api/v1/auth/sessions")) });
  return (
    <Section title={translate("administration.sessions.title")} text={translate("administration.sessions.text")}>
      {error && <Typography color="error">{translate(messageOf(error), { _: messageOf(error) })}</Typography>}
      {sessions?.map((each) => <Line key={each.id} session={each} />)}
    </Section>
  );
}

function Line({ session }: { session: LoginSession }) {
  const translate = useTranslate();
  const params = { path: { session_id: session.id } };
  return (
    <Card variant="outlined" sx={{ padding: 1.25 }}>
      <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
        <div style={{ flex: 1, minWidth: 200 }}>
          <Typography title={session.user_agent}>
            {browserOf(session.user_agent) ?? translate("administration.sessions.program")} · <span dir="ltr">{session.address}</span>
          </Typography>
          <Typography variant="body2" color="textSecondary" component="div">
            {translate("administration.sessions.since")} <When at={session.created_at} /> · {translate("administration.sessions.used")} <When at={session.used_at} relative />
          </Typography>
        </div>
        {session.current ? (
          <StatusChip tone="good" label={translate("administration.sessions.this")} />
        ) : (
          <AskButton word="administration.sessions.end" text="administration.sessions.end_text" color="warning" work={() => api.DELETE("/api/v1/auth/sessions/{session_id}", { params })} />
        )}
      </Stack>
    </Card>
  );
}
