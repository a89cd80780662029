/** A form in a dialogue: sent once, kept open with what was typed where the API refuses it. */
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import type { ReactNode } from "react";
import { Form, type RaRecord, ResourceContextProvider, SaveButton, useTranslate } from "react-admin";

import { messageOf } from "../api/problems";
import { useSubmission } from "./useSubmission";

interface Props<T> {
  title: string;
  /** What it does, above the fields. */
  text?: string;
  submit: string;
  /** Whose field names label the fields. */
  resource: string;
  start?: Partial<RaRecord>;
  send: (values: T) => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}

export function FormDialog<T>({ title, text, submit, resource, start, send, onClose, children }: Props<T>) {
  const translate = useTranslate();
  const { onSubmit, error, isPending } = useSubmission((values) => send(values as T), onClose);
  return (
    <Dialog open onClose={(_, reason) => reason !== "backdropClick" && !isPending && onClose()} maxWidth="sm" fullWidth aria-labelledby="form-dialog-title">
      <DialogTitle id="form-dialog-title">{title}</DialogTitle>
      <ResourceContextProvider value={resource}>
        <Form {...(start && { record: start })} onSubmit={onSubmit}>
          <DialogContent>
            {text && (
              <Alert severity="info" sx={{ marginBlockEnd: 2 }}>
                {text}
              </Alert>
            )}
            {children}
            {error !== null && <Alert severity="error">{translate(messageOf(error), { _: messageOf(error) })}</Alert>}
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose} disabled={isPending}>
              {translate("ra.action.cancel")}
            </Button>
            <SaveButton label={submit} icon={<></>} alwaysEnable={!isPending} />
          </DialogActions>
        </Form>
      </ResourceContextProvider>
    </Dialog>
  );
}
