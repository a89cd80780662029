/** A secret that nothing shows again: to be copied now. A click beside it does not lose it. */
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import { useId } from "react";

import { CopyLine } from "./CopyLine";

interface Props {
  title: string;
  text: string;
  secret: string;
  /** What the secret is called. */
  label: string;
  /** Word of the button. */
  done: string;
  onClose: () => void;
}

export function OnceDialog({ title, text, secret, label, done, onClose }: Props) {
  const titleId = useId();
  return (
    <Dialog open onClose={(_, reason) => reason !== "backdropClick" && onClose()} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{title}</DialogTitle>
      <DialogContent>
        <Alert severity="warning" sx={{ marginBlockEnd: 2 }}>
          {text}
        </Alert>
        <CopyLine text={secret} label={label} />
      </DialogContent>
      <DialogActions>
        <Button variant="contained" onClick={onClose}>
          {done}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
