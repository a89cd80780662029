/** The router's log: pulled on request, followed live where asked, searched here. */
import Button from "@mui/material/Button";
import FormControlLabel from "@mui/material/FormControlLabel";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import Switch from "@mui/material/Switch";
import TextField from "@mui/material/TextField";
import { useState } from "react";
import { useNotify, useTranslate } from "react-admin";

import { messageOf } from "../api/problems";
import { Message } from "../shell/Message";
import { sendCommand } from "./commands";
import { type Asked, FetchedLog } from "./FetchedLog";
import type { TabProps } from "./RouterShow";

const LENGTHS = [100, 1000, 10_000];
const FOLLOW_S = 600;
const PATIENCE_S = 60;

/** The router works at one after the other: what it has comes first. */
async function fetchLog(routerId: string, lines: number, live: boolean): Promise<Asked> {
  const had = await sendCommand(routerId, { kind: "logs", args: { lines }, deadline_s: PATIENCE_S });
  const goesOn = live ? await sendCommand(routerId, { kind: "logs", args: { follow_s: FOLLOW_S }, deadline_s: PATIENCE_S }) : null;
  return { had: had.id, goesOn: goesOn?.id ?? null };
}

export default function LogsTab({ router }: TabProps) {
  const translate = useTranslate();
  const notify = useNotify();
  const [lines, setLines] = useState(1000);
  const [live, setLive] = useState(false);
  const [search, setSearch] = useState("");
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const pull = async () => {
    setBusy(true);
    // What is followed ends first, or the router would keep this waiting.
    setAsked(null);
    try {
      setAsked(await fetchLog(router.id, lines, live));
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
    setBusy(false);
  };
  return (
    <Stack spacing={1.5}>
      <Stack direction="row" spacing={1.5} useFlexGap sx={{ flexWrap: "wrap", alignItems: "center" }}>
        <TextField select label={translate("routers.logs.lines")} value={lines} onChange={(event) => setLines(Number(event.target.value))} sx={{ minWidth: 110 }}>
          {LENGTHS.map((each) => (
            <MenuItem key={each} value={each}>
              {each}
            </MenuItem>
          ))}
        </TextField>
        <FormControlLabel control={<Switch checked={live} onChange={(_, on) => setLive(on)} />} label={translate("routers.logs.live")} />
        <Button variant="contained" loading={busy} onClick={() => void pull()}>
          {translate("routers.logs.pull")}
        </Button>
        <TextField type="search" label={translate("routers.logs.search")} value={search} onChange={(event) => setSearch(event.target.value)} sx={{ flex: 1, minWidth: 160 }} />
      </Stack>
      {asked === null ? <Message title={translate("routers.logs.none")} text={translate("routers.logs.none_text")} /> : <FetchedLog key={asked.had} asked={asked} search={search} name={router.name} />}
    </Stack>
  );
}
