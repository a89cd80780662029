/** A form in a dialogue: closes when the API took it, and shows at its fields what the API did not like. */
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import { type ReactNode, useId } from "react";
import { Form, ResourceContextProvider, useNotify, useRefresh, useTranslate } from "react-admin";
import { useFormState } from "react-hook-form";

import { ApiProblem, messageOf } from "../api/problems";

interface Props {
  title: string;
  text?: string;
  /** Word of the button. */
  action: string;
  /** Whose field names are used. */
  resource: string;
  defaults?: Record<string, unknown>;
  children: ReactNode;
  onSubmit: (values: Record<string, unknown>) => Promise<unknown>;
  onClose: () => void;
}

export function FormDialog({ title, text, action, resource, defaults = {}, children, onSubmit, onClose }: Props) {
  const notify = useNotify();
  const refresh = useRefresh();
  const titleId = useId();
  const submit = async (values: Record<string, unknown>) => {
    try {
      await onSubmit(values);
    } catch (error) {
      notify(messageOf(error), { type: "error" });
      return error instanceof ApiProblem ? (error.body as { errors?: Record<string, string> }).errors : undefined;
    }
    refresh();
    onClose();
    return undefined;
  };
  return (
    <Dialog open onClose={onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <ResourceContextProvider value={resource}>
        <Form record={{}} defaultValues={defaults} onSubmit={submit}>
          <DialogTitle id={titleId}>{title}</DialogTitle>
          <DialogContent>
            {text && <DialogContentText gutterBottom>{text}</DialogContentText>}
            {children}
          </DialogContent>
          <Actions word={action} onClose={onClose} />
        </Form>
      </ResourceContextProvider>
    </Dialog>
  );
}

function Actions({ word, onClose }: { word: string; onClose: () => void }) {
  const translate = useTranslate();
  const { isSubmitting } = useFormState();
  return (
    <DialogActions>
      <Button onClick={onClose}>{translate("ra.action.cancel")}</Button>
      <Button type="submit" variant="contained" loading={isSubmitting}>
        {word}
      </Button>
    </DialogActions>
  );
}
