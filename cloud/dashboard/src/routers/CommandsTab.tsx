/** Orders to this router: send one, see how far each is, take it back, read what it printed. */
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import { useState } from "react";
import { DataTable, ListBase, Pagination, useNotify, useRefresh, useTranslate } from "react-admin";

import { messageOf } from "../api/problems";
import type { Command } from "../api/types";
import { Message } from "../shell/Message";
import { StatusChip, type Tone } from "../shell/StatusChip";
import { useMay } from "../shell/useMe";
import { When } from "../shell/When";
import { CommandForm } from "./CommandForm";
import { cancelCommand, isOpen } from "./commands";
import { OutputDialog } from "./OutputDialog";
import type { TabProps } from "./RouterShow";
import { messageIn } from "./useOutput";
import { useLiveList } from "../shell/useLiveList";

const TONES: Record<Command["state"], Tone> = {
  queued: "busy",
  sent: "busy",
  accepted: "busy",
  succeeded: "good",
  failed: "bad",
  expired: "warn",
  cancelled: "off",
};

export default function CommandsTab({ router }: TabProps) {
  const translate = useTranslate();
  const writes = useMay("routers", "write");
  const [read, setRead] = useState<Command | null>(null);
  useLiveList("commands");
  return (
    <Stack spacing={2}>
      {writes && <CommandForm router={router} onSent={setRead} />}
      <ListBase resource="commands" filter={{ router_id: router.id }} perPage={25} disableSyncWithLocation>
        <DataTable bulkActionButtons={false} rowClick={false} size="small" empty={<Message title={translate("routers.commands.empty")} />}>
          <DataTable.Col source="kind" disableSort render={(record) => <Kind command={record as Command} />} />
          <DataTable.Col source="state" disableSort render={(record) => <State command={record as Command} />} />
          <DataTable.Col source="created_at" disableSort render={(record) => <When at={(record as Command).created_at} relative />} />
          <DataTable.Col source="finished_at" disableSort render={(record) => <When at={(record as Command).finished_at} relative />} />
          <DataTable.Col source="result" disableSort render={(record) => messageIn(record as Command)} />
          <DataTable.Col label={false} source="id" disableSort render={(record) => <Actions command={record as Command} writes={writes} onRead={setRead} />} />
        </DataTable>
        <Pagination />
      </ListBase>
      {read && <OutputDialog command={read} onClose={() => setRead(null)} />}
    </Stack>
  );
}

function Kind({ command }: { command: Command }) {
  const translate = useTranslate();
  const args = Object.values(command.args).filter((each) => typeof each === "string" || typeof each === "number");
  return <>{[translate(`routers.command.${command.kind}`, { _: command.kind }), ...args].join(" ")}</>;
}

function State({ command }: { command: Command }) {
  const translate = useTranslate();
  const word = command.cancelling_since && isOpen(command) ? "cancelling" : command.state;
  return <StatusChip tone={TONES[command.state]} label={translate(`routers.state.${word}`)} />;
}

function Actions({ command, writes, onRead }: { command: Command; writes: boolean; onRead: (command: Command) => void }) {
  const translate = useTranslate();
  const notify = useNotify();
  const refresh = useRefresh();
  const cancel = async () => {
    try {
      await cancelCommand(command.id);
      refresh();
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
  };
  return (
    <Stack direction="row" spacing={1} sx={{ justifyContent: "flex-end" }}>
      <Button onClick={() => onRead(command)}>{translate("routers.commands.output")}</Button>
      {writes && isOpen(command) && !command.cancelling_since && (
        <Button color="error" onClick={() => void cancel()}>
          {translate("routers.commands.cancel")}
        </Button>
      )}
    </Stack>
  );
}
