/** One command to one router, with what it needs to know. */
import Button from "@mui/material/Button";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { type SubmitEvent, useState } from "react";
import { useNotify, useRefresh, useTranslate } from "react-admin";

import { messageOf } from "../api/problems";
import type { Command, Router } from "../api/types";
import { sendCommand } from "./commands";

/** Kinds one may send from here, with the one argument each needs, and an example of it. */
const KINDS: Record<string, { argument: string; example: string } | null> = {
  ping: { argument: "target", example: "example.net" },
  traceroute: { argument: "target", example: "example.net" },
  dns: { argument: "name", example: "example.net" },
  speed_test: null,
  wifi_reload: null,
  reboot: null,
};

export function CommandForm({ router, onSent }: { router: Router; onSent: (command: Command) => void }) {
  const translate = useTranslate();
  const notify = useNotify();
  const refresh = useRefresh();
  const [kind, setKind] = useState("ping");
  const [value, setValue] = useState("");
  const [busy, setBusy] = useState(false);
  const needed = KINDS[kind] ?? null;
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      onSent(await sendCommand(router.id, { kind, args: needed ? { [needed.argument]: value } : {} }));
      refresh();
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void send(event)}>
      <Stack direction="row" spacing={1.5} useFlexGap sx={{ flexWrap: "wrap", alignItems: "center" }}>
        <TextField select label={translate("routers.commands.kind")} value={kind} onChange={(event) => setKind(event.target.value)} sx={{ minWidth: 170 }}>
          {Object.keys(KINDS).map((each) => (
            <MenuItem key={each} value={each}>
              {translate(`routers.command.${each}`)}
            </MenuItem>
          ))}
        </TextField>
        {needed && (
          <TextField required label={translate(`routers.commands.${needed.argument}`)} placeholder={needed.example} value={value} onChange={(event) => setValue(event.target.value)} slotProps={{ htmlInput: { dir: "ltr", maxLength: 253 } }} />
        )}
        <Button type="submit" variant="contained" loading={busy}>
          {translate("routers.commands.send")}
        </Button>
      </Stack>
    </form>
  );
}
