/** A form in a dialogue: says at its fields what the API did not like, and stays open until the API took it. */
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import { type ReactNode, useId } from "react";
import { Form, useNotify, useTranslate } from "react-admin";
import { useFormState } from "react-hook-form";

import { ApiProblem, messageOf } from "../api/problems";

interface Props {
  title: string;
  action: string;
  defaults?: Record<string, unknown>;
  children: ReactNode;
  onSubmit: (values: Record<string, unknown>) => Promise<unknown>;
  onClose: () => void;
}

export function FormDialog({ title, action, defaults = {}, children, onSubmit, onClose }: Props) {
  const notify = useNotify();
  const titleId = useId();
  const submit = async (values: Record<string, unknown>) => {
    try {
      await onSubmit(values);
      return undefined;
    } catch (error) {
      notify(messageOf(error), { type: "error" });
      return error instanceof ApiProblem ? (error.body as { errors?: Record<string, string> }).errors : undefined;
    }
  };
  return (
    <Dialog open onClose={onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <Form record={{}} defaultValues={defaults} onSubmit={submit}>
        <DialogTitle id={titleId}>{title}</DialogTitle>
        <DialogContent>{children}</DialogContent>
        <Buttons word={action} onClose={onClose} />
      </Form>
    </Dialog>
  );
}

function Buttons({ word, onClose }: { word: string; onClose: () => void }) {
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
