/** A form in a dialogue: sent once; what the API refuses is said at its fields and above the buttons, and what was typed stays. */
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import { type ReactNode, useId } from "react";
import { Form, ResourceContextProvider, useTranslate } from "react-admin";

import { messageOf } from "../api/problems";
import { useSubmission } from "./useSubmission";

interface Props<T> {
  title: string;
  /** What it does, above the fields. */
  text?: string;
  /** Word of the button. */
  action: string;
  /** Whose field names label the fields. */
  resource?: string;
  defaults?: Partial<Record<string, unknown>>;
  children: ReactNode;
  onSubmit: (values: T) => Promise<unknown>;
  /** Once the API took it; closes where left out. */
  onDone?: () => void;
  onClose: () => void;
}

export function FormDialog<T = Record<string, unknown>>(props: Props<T>) {
  const { title, text, action, resource = "", defaults = {}, children, onSubmit, onDone, onClose } = props;
  const translate = useTranslate();
  const titleId = useId();
  const { onSubmit: submit, error, isPending } = useSubmission((values) => onSubmit(values as T), onDone ?? onClose);
  return (
    <Dialog open onClose={(_, reason) => reason !== "backdropClick" && !isPending && onClose()} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <ResourceContextProvider value={resource}>
        <Form record={{}} defaultValues={defaults} onSubmit={submit}>
          <DialogTitle id={titleId}>{title}</DialogTitle>
          <DialogContent>
            {/* Room for the label of the first field, which stands on its border. */}
            <Stack spacing={1} sx={{ paddingBlockStart: 0.75 }}>
              {text && <DialogContentText>{text}</DialogContentText>}
              {children}
              {error !== null && <Alert severity="error">{translate(messageOf(error), { _: messageOf(error) })}</Alert>}
            </Stack>
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose} disabled={isPending}>
              {translate("ra.action.cancel")}
            </Button>
            <Button type="submit" variant="contained" loading={isPending}>
              {action}
            </Button>
          </DialogActions>
        </Form>
      </ResourceContextProvider>
    </Dialog>
  );
}
