/** One command to every chosen router: asked back first, then sent, and how many took it is said. */
import RestartIcon from "@mui/icons-material/RestartAltOutlined";
import WifiIcon from "@mui/icons-material/WifiProtectedSetupOutlined";
import { type ReactElement, useState } from "react";
import { Button, Confirm, useListContext, useNotify, useTranslate } from "react-admin";

import { sendCommand } from "./commands";

type Kind = "reboot" | "wifi_reload";
const ICONS: Record<Kind, ReactElement> = { reboot: <RestartIcon />, wifi_reload: <WifiIcon /> };
const DEADLINE_S = 3600;

export function BulkCommands() {
  return (
    <>
      <BulkCommand kind="wifi_reload" />
      <BulkCommand kind="reboot" />
    </>
  );
}

function BulkCommand({ kind }: { kind: Kind }) {
  const translate = useTranslate();
  const notify = useNotify();
  const { selectedIds, onUnselectItems } = useListContext();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const name = translate(`routers.command.${kind}`);

  const send = async () => {
    setBusy(true);
    const sent = await Promise.allSettled(selectedIds.map((id) => sendCommand(String(id), { kind, deadline_s: DEADLINE_S })));
    const refused = sent.filter((each) => each.status === "rejected").length;
    setBusy(false);
    setAsking(false);
    onUnselectItems();
    if (refused === 0) notify("routers.bulk.sent", { messageArgs: { smart_count: sent.length, name } });
    else notify("routers.bulk.refused", { type: "warning", messageArgs: { smart_count: refused, name, total: sent.length } });
  };

  return (
    <>
      <Button label={name} onClick={() => setAsking(true)}>
        {ICONS[kind]}
      </Button>
      <Confirm
        isOpen={asking}
        loading={busy}
        title={translate("routers.bulk.title", { name, smart_count: selectedIds.length })}
        content={translate(`routers.command_text.${kind}`)}
        onConfirm={() => void send()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
