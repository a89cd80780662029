/** One's own password: changed by who knows the present one; for who does not, a link by e-mail. */
import Button from "@mui/material/Button";
import { useState } from "react";
import { PasswordInput, required, useNotify, useTranslate } from "react-admin";

import { api } from "../api/client";
import type { Me, Schemas } from "../api/types";
import { AskButton } from "../shell/AskButton";
import { FormDialog } from "../shell/FormDialog";
import { Section } from "../shell/Section";
import { PASSWORD_FORM } from "./StaffCreate";

const NEEDED = [required()];
const NEW = [required(), ...PASSWORD_FORM];

export function OwnPassword({ me }: { me: Me }) {
  const translate = useTranslate();
  const [open, setOpen] = useState(false);
  return (
    <Section
      title={translate("administration.account.password")}
      text={translate("administration.account.password_text")}
      actions={
        <>
          <AskButton
            word="administration.account.password_link"
            text="administration.account.password_link_text"
            done="administration.account.password_link_done"
            name={me.email}
            work={() => api.POST("/api/v1/auth/password-reset", { body: { email: me.email } })}
          />
          <Button variant="contained" onClick={() => setOpen(true)}>
            {translate("administration.account.password_change")}
          </Button>
        </>
      }
    >
      {open && <ChangeDialog me={me} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function ChangeDialog({ me, onClose }: { me: Me; onClose: () => void }) {
  const translate = useTranslate();
  const notify = useNotify();
  const send = async (body: Schemas["PasswordChangeIn"]) => {
    await api.POST("/api/v1/auth/password/change", { body });
    notify("administration.account.password_changed", { type: "success" });
  };
  return (
    <FormDialog title={translate("administration.account.password_change")} action={translate("administration.account.password_change")} onSubmit={send} onClose={onClose}>
      {/* For password managers: whose password this is. */}
      <input type="text" name="username" value={me.email} autoComplete="username" readOnly hidden />
      <PasswordInput source="old_password" label="administration.account.password_old" validate={NEEDED} autoComplete="current-password" helperText={false} fullWidth autoFocus />
      <PasswordInput source="new_password" label="administration.account.password_new" validate={NEW} autoComplete="new-password" helperText="administration.account.password_rule" fullWidth />
    </FormDialog>
  );
}
