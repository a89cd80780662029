/** The router's log: pulled on request, followed live where asked, searched here. */
import DownloadIcon from "@mui/icons-material/DownloadOutlined";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import FormControlLabel from "@mui/material/FormControlLabel";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import Switch from "@mui/material/Switch";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useEffect, useRef, useState } from "react";
import { useNotify, useTranslate } from "react-admin";

import { saveText } from "../api/download";
import { messageOf } from "../api/problems";
import { Message } from "../shell/Message";
import { StatusChip } from "../shell/StatusChip";
import { MONOSPACE } from "../shell/theme";
import { sendCommand } from "./commands";
import type { TabProps } from "./RouterShow";
import { useOutput } from "./useOutput";

const LENGTHS = [100, 1000, 10_000];
const FOLLOW_S = 600;
const PATIENCE_S = 60;
/** Near enough to the end to be taken along by what comes. */
const NEAR_PX = 40;

export default function LogsTab({ router }: TabProps) {
  const translate = useTranslate();
  const notify = useNotify();
  const [lines, setLines] = useState(1000);
  const [live, setLive] = useState(false);
  const [search, setSearch] = useState("");
  const [commandId, setCommandId] = useState<string | null>(null);
  const output = useOutput(commandId);
  const pull = async () => {
    try {
      const args = { lines, ...(live && { follow_s: FOLLOW_S }) };
      setCommandId((await sendCommand(router.id, { kind: "logs", args, deadline_s: PATIENCE_S })).id);
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
  };
  const wanted = search.toLocaleLowerCase();
  const all = output.text.split("\n");
  const shown = wanted === "" ? output.text : all.filter((line) => line.toLocaleLowerCase().includes(wanted)).join("\n");
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
        <Button variant="contained" onClick={() => void pull()}>
          {translate("routers.logs.pull")}
        </Button>
        <TextField type="search" label={translate("routers.logs.search")} value={search} onChange={(event) => setSearch(event.target.value)} sx={{ flex: 1, minWidth: 160 }} />
        {output.text !== "" && (
          <Button startIcon={<DownloadIcon />} onClick={() => saveText(output.text, `${router.name}.log`)}>
            {translate("routers.logs.save")}
          </Button>
        )}
        {commandId !== null && <State ended={output.ended} />}
      </Stack>
      {commandId === null ? <Message title={translate("routers.logs.none")} text={translate("routers.logs.none_text")} /> : <Text text={shown} />}
      {wanted !== "" && <Typography color="textSecondary">{translate("routers.logs.found", { smart_count: shown === "" ? 0 : shown.split("\n").length })}</Typography>}
    </Stack>
  );
}

function State({ ended }: { ended: string | null }) {
  const translate = useTranslate();
  if (ended === null) return <StatusChip tone="busy" label={translate("routers.logs.waiting")} />;
  return <StatusChip tone={ended === "succeeded" ? "good" : "bad"} label={translate(`routers.state.${ended}`)} />;
}

/** Stays at the end while one looks at the end. */
function Text({ text }: { text: string }) {
  const box = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    if (atEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [text]);
  const onScroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = box.current ?? { scrollHeight: 0, scrollTop: 0, clientHeight: 0 };
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  };
  return (
    <Box ref={box} component="pre" dir="ltr" tabIndex={0} onScroll={onScroll} sx={{ margin: 0, padding: 1.5, height: "55vh", overflow: "auto", bgcolor: "background.default", borderRadius: 1, fontFamily: MONOSPACE, fontSize: 12, lineHeight: 1.5, whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
      {text}
    </Box>
  );
}
