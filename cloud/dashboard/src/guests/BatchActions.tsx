/** Paper, a CSV file, and taking back all that is not used. */
import BlockIcon from "@mui/icons-material/BlockOutlined";
import DownloadIcon from "@mui/icons-material/DownloadOutlined";
import PrintIcon from "@mui/icons-material/PrintOutlined";
import Button from "@mui/material/Button";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { useState } from "react";
import { Confirm, useNotify, useRefresh, useTranslate } from "react-admin";

import { saveFile } from "../api/download";
import { messageOf } from "../api/problems";
import { count } from "../i18n/formats";
import { useMay } from "../shell/useMe";
import { type Batch, filesOf, PER_FILE, revokeBatch } from "./vouchers";

export function BatchActions({ batch }: { batch: Batch }) {
  const translate = useTranslate();
  const notify = useNotify();
  const writes = useMay("guests", "write");
  const [busy, setBusy] = useState(false);
  const save = async (path: string, name: string) => {
    setBusy(true);
    try {
      await saveFile(`/api/v1/voucher-batches/${batch.id}/${path}`, name);
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
    setBusy(false);
  };
  return (
    <>
      {batch.unused_count > 0 && <Print batch={batch} busy={busy} onPrint={(first) => void save(`pdf?first=${first}`, `vouchers-${first}.pdf`)} />}
      <Button startIcon={<DownloadIcon />} onClick={() => void save("vouchers?format=csv", "vouchers.csv")}>
        {translate("app.csv")}
      </Button>
      {writes && !batch.revoked_at && <RevokeAll batch={batch} />}
    </>
  );
}

/** One file, or a choice of files where there are more slips than one file holds. */
function Print({ batch, busy, onPrint }: { batch: Batch; busy: boolean; onPrint: (first: number) => void }) {
  const translate = useTranslate();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const files = filesOf(batch.count);
  const print = (first: number) => {
    setAnchor(null);
    onPrint(first);
  };
  return (
    <>
      <Button variant="contained" startIcon={<PrintIcon />} loading={busy} onClick={(event) => (files.length === 1 ? print(1) : setAnchor(event.currentTarget))}>
        {translate("guests.batch.print")}
      </Button>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)}>
        {files.map((first) => (
          <MenuItem key={first} onClick={() => print(first)}>
            {translate("guests.batch.print_some", { first: count(first), last: count(Math.min(first + PER_FILE - 1, batch.count)) })}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}

function RevokeAll({ batch }: { batch: Batch }) {
  const translate = useTranslate();
  const notify = useNotify();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const revoke = async () => {
    setBusy(true);
    try {
      await revokeBatch(batch.id);
      refresh();
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
    setBusy(false);
    setAsking(false);
  };
  return (
    <>
      <Button color="error" startIcon={<BlockIcon />} onClick={() => setAsking(true)}>
        {translate("guests.batch.revoke")}
      </Button>
      <Confirm
        isOpen={asking}
        loading={busy}
        title={translate("guests.batch.revoke_title", { smart_count: batch.unused_count + batch.used_count })}
        content={translate("guests.batch.revoke_text")}
        onConfirm={() => void revoke()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
