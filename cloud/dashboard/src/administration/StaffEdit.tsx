/** One account: what it may do, its hosts, a new password, and what an Admin does where someone left or lost the phone. */
import HistoryIcon from "@mui/icons-material/HistoryOutlined";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Edit, FormDataConsumer, PasswordInput, SaveButton, SimpleForm, Toolbar, useRecordContext, useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import { api } from "../api/client";
import type { Schemas } from "../api/types";
import { listAddress } from "../shell/addresses";
import { useMay, useMe } from "../shell/useMe";
import { AskButton } from "../shell/AskButton";
import { HostsInput, PASSWORD_FORM } from "./StaffCreate";
import { AccountChip, HostsOf, RoleName } from "./StaffList";

type Account = Schemas["StaffAccountOut"];

/** What PATCH takes; an empty password is none. */
function changes({ password, ...account }: Account & { password?: string }): object {
  return password ? { ...account, password } : account;
}

export default function StaffEdit() {
  return (
    <Edit mutationMode="pessimistic" redirect="list" actions={false} transform={changes} component="div" queryOptions={{ staleTime: 0 }}>
      <Form />
    </Edit>
  );
}

function Form() {
  const account = useRecordContext<Account>();
  if (!account) return null;
  return (
    <Stack spacing={2}>
      <Head account={account} />
      <Box sx={{ bgcolor: "background.paper", border: 1, borderColor: "divider", borderRadius: 1 }}>
        <SimpleForm toolbar={<Toolbar><SaveButton /></Toolbar>} sx={{ maxWidth: 680 }}>
          <FormDataConsumer<Account>>{({ formData }) => formData.role === "technician" && <HostsInput />}</FormDataConsumer>
          <PasswordInput source="password" label="administration.staff.new_password" validate={PASSWORD_FORM} helperText="administration.staff.new_password_help" autoComplete="new-password" fullWidth />
        </SimpleForm>
      </Box>
    </Stack>
  );
}

function Head({ account }: { account: Account }) {
  const translate = useTranslate();
  const audits = useMay("audit");
  return (
    <>
      <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
        <Typography variant="h2" dir="ltr" sx={{ overflowWrap: "anywhere" }}>
          {account.email}
        </Typography>
        <Box sx={{ flex: 1 }}>
          <AccountChip account={account} />
        </Box>
        {audits && (
          <Button component={Link} to={listAddress("audit", { actor_id: account.id })} startIcon={<HistoryIcon />}>
            {translate("administration.staff.its_changes")}
          </Button>
        )}
        <Actions account={account} />
      </Stack>
      <Box>
        <Typography component="div">
          <strong>
            <RoleName role={account.role} />
          </strong>
          {" – "}
          {translate(`administration.role_text.${account.role}`)}
        </Typography>
        <Typography component="div" color="textSecondary">
          <HostsOf account={account} />
        </Typography>
      </Box>
      {account.disabled_at && <Alert severity="warning">{translate("administration.staff.disabled_text")}</Alert>}
    </>
  );
}

function Actions({ account }: { account: Account }) {
  const me = useMe();
  const params = { path: { account_id: account.id } };
  const set = (disabled: boolean) => () => api.PATCH("/api/v1/staff/{account_id}", { params, body: { disabled } });
  if (account.id === me?.id) return null;
  return (
    <>
      <AskButton
        word="administration.staff.reset_factor"
        text="administration.staff.reset_factor_text"
        done="administration.staff.reset_factor_done"
        name={account.email}
        work={() => api.DELETE("/api/v1/staff/{account_id}/second-factor", { params })}
      />
      {account.disabled_at ? (
        <AskButton word="administration.staff.enable" text="administration.staff.enable_text" name={account.email} work={set(false)} />
      ) : (
        <AskButton word="administration.staff.disable" text="administration.staff.disable_text" name={account.email} color="error" work={set(true)} />
      )}
    </>
  );
}
