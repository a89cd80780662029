/** `/#/password-reset`: asks for a link by e-mail. The answer is the same whether there is such an account or not. */
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import TextField from "@mui/material/TextField";
import { type SubmitEvent, useState } from "react";
import { useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import { messageOf, problemOf, Unreachable } from "../api/problems";
import { Gate } from "./Gate";

async function requestReset(email: string): Promise<void> {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ email });
  const response = await fetch("/api/v1/auth/password-reset", { method: "POST", headers, body }).catch(() => {
    throw new Unreachable();
  });
  if (!response.ok) throw await problemOf(response);
}

export default function PasswordReset() {
  const translate = useTranslate();
  const [email, setEmail] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [state, setState] = useState<"asking" | "busy" | "done">("asking");

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setState("busy");
    setProblem(null);
    try {
      await requestReset(email);
      setState("done");
    } catch (error) {
      setProblem(translate(messageOf(error), { _: messageOf(error) }));
      setState("asking");
    }
  };

  return (
    <Gate title={translate("app.password_reset.title")}>
      {state === "done" && <Alert severity="success">{translate("app.password_reset.done")}</Alert>}
      {problem && <Alert severity="error">{problem}</Alert>}
      {state !== "done" && (
        <form onSubmit={(event) => void submit(event)} style={{ display: "grid", gap: 16, marginBlock: 16 }}>
          <TextField autoFocus required type="email" label={translate("app.sign_in.email")} value={email} onChange={(event) => setEmail(event.target.value)} slotProps={{ htmlInput: { autoComplete: "username", dir: "ltr" } }} />
          <Button type="submit" variant="contained" size="large" loading={state === "busy"}>
            {translate("app.password_reset.submit")}
          </Button>
        </form>
      )}
      <Button component={Link} to="/login" size="large" fullWidth>
        {translate("app.set_password.sign_in")}
      </Button>
    </Gate>
  );
}
