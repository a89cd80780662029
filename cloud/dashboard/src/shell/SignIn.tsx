/** Sign-in: e-mail and password; then, where the account has one, a code of its second factor or a recovery code. */
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Link from "@mui/material/Link";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { type SubmitEvent, useState } from "react";
import { useLogin, useTranslate } from "react-admin";
import { Link as RouterLink } from "react-router-dom";

import { ApiProblem, messageOf } from "../api/problems";
import { Gate } from "./Gate";

export function SignIn() {
  const translate = useTranslate();
  const login = useLogin();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [otp, setOtp] = useState("");
  const [needsCode, setNeedsCode] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await login({ username: email, password, ...(needsCode && { otp: otp.replaceAll(" ", "") }) });
    } catch (error) {
      const asksForCode = error instanceof ApiProblem && error.code === "second_factor_required";
      if (asksForCode && !needsCode) setNeedsCode(true);
      else setProblem(translate(messageOf(error), { _: messageOf(error) }));
      setBusy(false);
    }
  };

  return (
    <Gate title={translate("app.sign_in.title")}>
      <form onSubmit={(event) => void submit(event)} style={{ display: "grid", gap: 16 }}>
        {problem && <Alert severity="error">{problem}</Alert>}
        {needsCode ? (
          <>
            <Typography>{translate("app.sign_in.code_text")}</Typography>
            <TextField
              key="otp"
              autoFocus
              required
              name="otp"
              label={translate("app.sign_in.code")}
              value={otp}
              onChange={(event) => setOtp(event.target.value)}
              slotProps={{ htmlInput: { autoComplete: "one-time-code", minLength: 6, maxLength: 40, dir: "ltr" } }}
            />
          </>
        ) : (
          <>
            <TextField autoFocus required name="username" type="email" label={translate("app.sign_in.email")} value={email} onChange={(event) => setEmail(event.target.value)} autoComplete="username" slotProps={{ htmlInput: { dir: "ltr" } }} />
            <TextField required name="password" type="password" label={translate("app.sign_in.password")} value={password} onChange={(event) => setPassword(event.target.value)} autoComplete="current-password" />
          </>
        )}
        <Button type="submit" variant="contained" size="large" loading={busy}>
          {translate("app.sign_in.submit")}
        </Button>
        {needsCode ? (
          <Link component="button" type="button" onClick={() => setNeedsCode(false)}>
            {translate("app.sign_in.back")}
          </Link>
        ) : (
          <Link component={RouterLink} to="/password-reset">
            {translate("app.sign_in.forgotten")}
          </Link>
        )}
      </form>
    </Gate>
  );
}
