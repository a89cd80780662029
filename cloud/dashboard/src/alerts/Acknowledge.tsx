/** "I look after it": with a note for the others; the alert stays open until what is wrong is over. */
import Button from "@mui/material/Button";
import { type MouseEvent, useState } from "react";
import { maxLength, TextInput, useNotify, useTranslate } from "react-admin";

import { api } from "../api/client";
import { FormDialog } from "../shell/FormDialog";
import { useMay } from "../shell/useMe";
import { type Alert, whatInWords } from "./words";

const LONGEST_NOTE = 500;

export function Acknowledge({ alert, variant = "text" }: { alert: Alert; variant?: "text" | "contained" }) {
  const translate = useTranslate();
  const notify = useNotify();
  const writes = useMay("alerts", "write");
  const [open, setOpen] = useState(false);
  if (!writes || alert.state !== "raised") return null;
  const send = async ({ note }: { note?: string | null }) => {
    await api.POST("/api/v1/alerts/{alert_id}/acknowledge", { params: { path: { alert_id: alert.id } }, body: { note: note ?? null } });
    notify("alerts.acknowledge.done", { type: "success" });
  };
  // Rows of lists lead to pages; what is inside them must not.
  const stay = (event: MouseEvent) => event.stopPropagation();
  return (
    <span onClick={stay} role="presentation">
      <Button variant={variant} size="small" onClick={() => setOpen(true)}>
        {translate("alerts.acknowledge.word")}
      </Button>
      {open && (
        <FormDialog
          title={[whatInWords(translate, alert), alert.name].filter(Boolean).join(": ")}
          text={translate("alerts.acknowledge.text")}
          action={translate("alerts.acknowledge.word")}
          resource="alerts"
          onSubmit={send}
          onClose={() => setOpen(false)}
        >
          <TextInput source="note" validate={maxLength(LONGEST_NOTE)} helperText="alerts.acknowledge.note_help" fullWidth autoFocus />
        </FormDialog>
      )}
    </span>
  );
}
