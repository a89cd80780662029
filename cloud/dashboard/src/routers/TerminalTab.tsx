/** A login shell on the router, in the page. Opened only when asked for: it is the router's root, and the audit log has it. */
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import TerminalIcon from "@mui/icons-material/TerminalOutlined";
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { useEffect, useRef, useState } from "react";
import { useTranslate } from "react-admin";

import { messageOf } from "../api/problems";
import { Message } from "../shell/Message";
import { StatusChip } from "../shell/StatusChip";
import { MONOSPACE } from "../shell/theme";
import type { TabProps } from "./RouterShow";
import { openTerminal, type Over, type TerminalLink } from "./terminalLink";

/** Light on dark in either theme, as programs on a router expect it. */
const COLORS = { background: "#0b1114", foreground: "#e4ebee", cursor: "#2dd4bf" };

export default function TerminalTab({ router }: TabProps) {
  const translate = useTranslate();
  const [attempt, setAttempt] = useState(0);
  const [over, setOver] = useState<Over | null>(null);
  const open = () => {
    setOver(null);
    setAttempt(attempt + 1);
  };
  const action = (
    <Button variant="contained" onClick={open} disabled={!router.online}>
      {translate("routers.terminal.open")}
    </Button>
  );
  if (attempt === 0) {
    const text = translate(router.online ? "routers.terminal.text" : "routers.terminal.offline");
    return <Message icon={TerminalIcon} title={translate("routers.tab.terminal")} text={text} action={action} />;
  }
  return (
    <Stack spacing={1.5}>
      {over && (
        <Alert severity={over.reason === null ? "info" : "warning"} action={action}>
          {inWords(translate, over)}
        </Alert>
      )}
      <Screen key={attempt} routerId={router.id} onOver={setOver} />
    </Stack>
  );
}

function inWords(translate: ReturnType<typeof useTranslate>, { reason, message }: Over): string {
  if (reason === null) return translate("routers.terminal.exit", { status: message });
  return translate(`routers.terminal.reason.${reason}`, { _: translate(message, { _: message }) });
}

function Screen({ routerId, onOver }: { routerId: string; onOver: (why: Over) => void }) {
  const translate = useTranslate();
  const place = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState<boolean | null>(null);
  useEffect(() => {
    if (place.current === null) return undefined;
    const told = (why: Over) => {
      setOpen(false);
      onOver(why);
    };
    return show(place.current, routerId, () => setOpen(true), told);
  }, [routerId, onOver]);
  const state = isOpen === null ? "opening" : isOpen ? "opened" : "closed";
  return (
    <>
      <div>
        <StatusChip tone={isOpen === null ? "busy" : isOpen ? "good" : "off"} label={translate(`routers.terminal.${state}`)} />
      </div>
      <Box ref={place} dir="ltr" sx={{ blockSize: "min(60vh, 560px)", minBlockSize: 280, bgcolor: COLORS.background, padding: 1, borderRadius: 1, overflow: "hidden" }} />
    </>
  );
}

/** Show a new terminal in this element until the answer is called. */
function show(place: HTMLElement, routerId: string, onOpen: () => void, onOver: (why: Over) => void): () => void {
  const screen = new Terminal({ fontFamily: MONOSPACE, fontSize: 13, theme: COLORS, scrollback: 5000, screenReaderMode: false });
  const fit = new FitAddon();
  screen.loadAddon(fit);
  screen.open(place);
  fit.fit();
  let link: TerminalLink | null = null;
  let left = false;
  const opened = () => {
    onOpen();
    screen.focus();
  };
  const events = { opened, shown: (bytes: Uint8Array) => screen.write(bytes), over: onOver };
  openTerminal(routerId, { cols: screen.cols, rows: screen.rows }, events).then(
    (made) => {
      link = made;
      if (left) made.close();
    },
    (error: unknown) => {
      if (!left) onOver({ reason: "refused", message: messageOf(error) });
    },
  );
  screen.onData((text) => link?.type(text));
  screen.onBinary((text) => link?.typeBytes(text));
  screen.onResize((size) => link?.resize(size));
  const watch = new ResizeObserver(() => fit.fit());
  watch.observe(place);
  return () => {
    left = true;
    watch.disconnect();
    link?.close();
    screen.dispose();
  };
}
