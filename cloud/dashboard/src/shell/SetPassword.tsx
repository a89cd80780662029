/** `/#/set-password?token=…`, where invitations and password resets lead: the new password, then on to the sign-in. */
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import TextField from "@mui/material/TextField";
import { type SubmitEvent, useState } from "react";
import { useTranslate } from "react-admin";
import { Link, useSearchParams } from "react-router-dom";

import { messageOf, problemOf, Unreachable } from "../api/problems";
import { Gate } from "./Gate";

const SHORTEST = 10;

async function setPassword(token: string, password: string): Promise<void> {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ token, password });
  const response = await fetch("/api/v1/auth/password", { method: "POST", headers, body }).catch(() => {
    throw new Unreachable();
  });
  if (!response.ok) throw await problemOf(response);
}

export default function SetPassword() {
  const translate = useTranslate();
  const [query] = useSearchParams();
  const token = query.get("token");
  const [password, setNewPassword] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [state, setState] = useState<"asking" | "busy" | "done">("asking");

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setState("busy");
    setProblem(null);
    try {
      await setPassword(token ?? "", password);
      setState("done");
    } catch (error) {
      setProblem(translate(messageOf(error), { _: messageOf(error) }));
      setState("asking");
    }
  };
  const toSignIn = (
    <Button component={Link} to="/login" variant={state === "done" ? "contained" : "text"} size="large" fullWidth>
      {translate("app.set_password.sign_in")}
    </Button>
  );

  return (
    <Gate title={translate("app.set_password.title")}>
      {state === "done" && <Alert severity="success">{translate("app.set_password.done")}</Alert>}
      {token === null && <Alert severity="error">{translate("app.set_password.no_token")}</Alert>}
      {problem && <Alert severity="error">{problem}</Alert>}
      {state !== "done" && token !== null && (
        <form onSubmit={(event) => void submit(event)} style={{ display: "grid", gap: 16, marginBlock: 16 }}>
          <TextField
            autoFocus
            required
            type="password"
            name="new-password"
            label={translate("app.set_password.password")}
            helperText={translate("app.set_password.rule", { smart_count: SHORTEST })}
            value={password}
            onChange={(event) => setNewPassword(event.target.value)}
            slotProps={{ htmlInput: { autoComplete: "new-password", minLength: SHORTEST, maxLength: 200 } }}
          />
          <Button type="submit" variant="contained" size="large" loading={state === "busy"}>
            {translate("app.set_password.submit")}
          </Button>
        </form>
      )}
      {toSignIn}
    </Gate>
  );
}
