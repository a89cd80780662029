/** One's second factor: set up with an authenticator app and recovery codes, or given up with a code. */
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import { useState } from "react";
import { required, TextInput, usePermissions, useTranslate } from "react-admin";

import { forgetMe } from "../api/authProvider";
import { api, bodyOf } from "../api/client";
import { saveText } from "../api/download";
import type { Me, Schemas } from "../api/types";
import { CopyLine } from "../shell/CopyLine";
import { StatusChip } from "../shell/StatusChip";
import { MONOSPACE } from "../shell/theme";
import { FormDialog } from "../shell/FormDialog";
import { Section } from "../shell/Section";
import { useDoing } from "../shell/useDoing";

type Secret = Schemas["SecondFactorOut"];
const CODE = { htmlInput: { dir: "ltr", inputMode: "text", autoComplete: "one-time-code", maxLength: 40 } };

export function SecondFactor({ me }: { me: Me }) {
  const translate = useTranslate();
  const { refetch } = usePermissions<Me>();
  const { busy, run } = useDoing();
  const [secret, setSecret] = useState<Secret | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [removing, setRemoving] = useState(false);
  const readAgain = () => {
    forgetMe();
    void refetch();
  };
  const start = () => run(async () => setSecret(await bodyOf(api.POST("/api/v1/auth/second-factor"))));
  const confirm = async (otp: string) => {
    const found = await bodyOf(api.POST("/api/v1/auth/second-factor/confirm", { body: { otp } }));
    setSecret(null);
    setCodes(found.recovery_codes);
    readAgain();
  };
  const remove = async (otp: string) => {
    await api.POST("/api/v1/auth/second-factor/remove", { body: { otp } });
    setRemoving(false);
    readAgain();
  };
  return (
    <Section
      title={translate("administration.factor.title")}
      text={translate("administration.factor.text")}
      actions={
        me.second_factor ? (
          <>
            <StatusChip tone="good" label={translate("administration.factor.on")} />
            <Button color="error" onClick={() => setRemoving(true)}>
              {translate("administration.factor.remove")}
            </Button>
          </>
        ) : (
          <Button variant="contained" loading={busy} onClick={() => void start()}>
            {translate("administration.factor.start")}
          </Button>
        )
      }
    >
      {secret && <Enrol secret={secret} onCode={confirm} onClose={() => setSecret(null)} />}
      {codes && <Recovery codes={codes} onClose={() => setCodes(null)} />}
      {removing && (
        <FormDialog title={translate("administration.factor.remove")} action={translate("administration.factor.remove")} onSubmit={({ otp }) => remove(String(otp))} onClose={() => setRemoving(false)}>
          <TextInput source="otp" label="administration.factor.code" helperText="administration.factor.remove_text" validate={required()} autoFocus fullWidth slotProps={CODE} />
        </FormDialog>
      )}
    </Section>
  );
}

function Enrol({ secret, onCode, onClose }: { secret: Secret; onCode: (otp: string) => Promise<void>; onClose: () => void }) {
  const translate = useTranslate();
  return (
    <FormDialog title={translate("administration.factor.title")} action={translate("administration.factor.confirm")} onSubmit={({ otp }) => onCode(String(otp))} onClose={onClose}>
      <p>{translate("administration.factor.scan")}</p>
      {/* Dark on light in either theme, because scanners want it so. */}
      <Box component="img" alt={translate("administration.factor.qr")} src={`data:image/svg+xml,${encodeURIComponent(secret.qr_svg)}`} sx={{ display: "block", inlineSize: 200, marginInline: "auto", bgcolor: "#fff", padding: 1, borderRadius: 1 }} />
      <p>{translate("administration.factor.type")}</p>
      <CopyLine text={secret.secret} label={translate("administration.factor.secret")} />
      <TextInput source="otp" label="administration.factor.code" validate={required()} fullWidth sx={{ marginBlockStart: 2 }} slotProps={CODE} />
    </FormDialog>
  );
}

function Recovery({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const translate = useTranslate();
  const text = codes.join("\n");
  return (
    <Dialog open onClose={(_, reason) => reason !== "backdropClick" && onClose()} maxWidth="sm" fullWidth aria-labelledby="recovery-title">
      <DialogTitle id="recovery-title">{translate("administration.factor.recovery")}</DialogTitle>
      <DialogContent>
        <Alert severity="warning">{translate("administration.factor.recovery_text")}</Alert>
        <Box component="ul" dir="ltr" sx={{ columns: 2, listStyle: "none", padding: 1, fontFamily: MONOSPACE, lineHeight: 2 }}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </Box>
      </DialogContent>
      <DialogActions>
        <Button onClick={() => saveText(`${text}\n`, "spotfi-recovery-codes.txt")}>{translate("administration.factor.save")}</Button>
        <Button variant="contained" onClick={onClose}>
          {translate("administration.factor.kept")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
