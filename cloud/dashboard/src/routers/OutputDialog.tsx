/** What a command printed, as it prints it. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Typography from "@mui/material/Typography";
import { useTranslate } from "react-admin";

import type { Command } from "../api/types";
import { StatusChip } from "../shell/StatusChip";
import { MONOSPACE } from "../shell/theme";
import { useOutput } from "./useOutput";

export function OutputDialog({ command, onClose }: { command: Command; onClose: () => void }) {
  const translate = useTranslate();
  const { text, ended, message } = useOutput(command.id);
  const state = ended ?? command.state;
  return (
    <Dialog open onClose={onClose} maxWidth="md" fullWidth aria-labelledby="output-title">
      <DialogTitle id="output-title" sx={{ display: "flex", gap: 1.5, alignItems: "center" }}>
        {translate(`routers.command.${command.kind}`, { _: command.kind })}
        <StatusChip tone={ended === null ? "busy" : ended === "succeeded" ? "good" : "bad"} label={translate(`routers.state.${state}`)} />
      </DialogTitle>
      <DialogContent>
        {message !== "" && (
          <Typography dir="auto" lang="en" gutterBottom>
            {message}
          </Typography>
        )}
        {text === "" && message !== "" ? null : text === "" ? (
          <Typography color="textSecondary">{translate(ended === null ? "routers.commands.waiting" : "routers.commands.silent")}</Typography>
        ) : (
          <Box component="pre" dir="ltr" tabIndex={0} sx={{ fontFamily: MONOSPACE, fontSize: 12.5, margin: 0, whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {text}
          </Box>
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{translate("app.close")}</Button>
      </DialogActions>
    </Dialog>
  );
}
