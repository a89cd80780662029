/** One entry of the audit log in full: each value before and after, and the way to everything done to the same thing. */
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import { useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import { listAddress } from "../shell/addresses";
import { MONOSPACE } from "../shell/theme";
import { When } from "../shell/When";
import { type AuditEntry, changedValues, fieldInWords } from "./audit";
import { What, Who } from "./AuditList";
import { Facts } from "../shell/Section";

export function AuditDialog({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) {
  const translate = useTranslate();
  return (
    <Dialog open onClose={onClose} maxWidth="md" fullWidth aria-labelledby="audit-title">
      <DialogTitle id="audit-title">
        <What entry={entry} />
      </DialogTitle>
      <DialogContent>
        <Facts
          rows={[
            [translate("resources.audit.fields.at"), <When key="at" at={entry.at} />],
            [translate("resources.audit.fields.actor_id"), <Who key="who" entry={entry} />],
            [translate("resources.audit.fields.address"), <span key="address" dir="ltr">{entry.address}</span>],
            [translate("resources.audit.fields.action"), <code key="action" dir="ltr">{entry.action}</code>],
            [translate("resources.audit.fields.subject_id"), <code key="subject" dir="ltr">{entry.subject_id}</code>],
          ]}
        />
        {entry.erased && <p>{translate("administration.audit.erased")}</p>}
        <Values entry={entry} />
      </DialogContent>
      <DialogActions>
        <Button component={Link} to={listAddress("audit", { subject_id: entry.subject_id })} onClick={onClose}>
          {translate("administration.audit.same")}
        </Button>
        <Button variant="contained" onClick={onClose}>
          {translate("app.close")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Values({ entry }: { entry: AuditEntry }) {
  const translate = useTranslate();
  const cell = { fontFamily: MONOSPACE, fontSize: 12.5, overflowWrap: "anywhere" } as const;
  return (
    <TableContainer sx={{ marginBlockStart: 2 }} tabIndex={0}>
      <Table size="small">
        <TableHead>
          <TableRow>
            {["field", "before", "after"].map((each) => (
              <TableCell key={each}>{translate(`administration.audit.${each}`)}</TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {changedValues(entry).map(({ field, before, after }) => (
            <TableRow key={field}>
              <TableCell component="th" scope="row">
                {fieldInWords(field)}
              </TableCell>
              <TableCell dir="ltr" sx={{ ...cell, color: "text.secondary" }}>
                {before ?? "–"}
              </TableCell>
              <TableCell dir="ltr" sx={cell}>
                {after ?? "–"}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
