/** Bill a month for every host: what it will do, that it is under way, what came of it. */
import PlayIcon from "@mui/icons-material/PlayCircleOutlined";
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import LinearProgress from "@mui/material/LinearProgress";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useRefresh, useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import { api, bodyOf } from "../api/client";
import { messageOf } from "../api/problems";
import { count, money } from "../i18n/formats";
import { listAddress } from "../shell/addresses";
import { type Invoice, KINDS } from "./documentWords";
import { latestMonths, monthBefore, monthInWords } from "./months";

/** Months that are offered: a year back, and the running one. */
const MONTHS_TO_CHOOSE = 13;

export function RunMonth({ contained = false }: { contained?: boolean }) {
  const translate = useTranslate();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" variant={contained ? "contained" : "text"} startIcon={<PlayIcon />} onClick={() => setOpen(true)}>
        {translate("money.run.open")}
      </Button>
      {open && <RunDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function useRun() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (period: string) => bodyOf(api.POST("/api/v1/invoices/run", { body: { period } })),
    onSuccess: () => refresh(),
  });
}

function RunDialog({ onClose }: { onClose: () => void }) {
  const translate = useTranslate();
  const [now] = useState(() => new Date());
  const [month, setMonth] = useState(monthBefore(now, 1));
  const run = useRun();
  const runs = month === monthBefore(now, 0);
  return (
    <Dialog open onClose={() => !run.isPending && onClose()} maxWidth="sm" fullWidth aria-labelledby="run-title">
      <DialogTitle id="run-title">{translate("money.run.title")}</DialogTitle>
      <DialogContent>
        <Stack spacing={2} sx={{ paddingBlockStart: 1 }}>
          <TextField select label={translate("money.run.month")} value={month} disabled={run.isPending} onChange={(event) => { setMonth(event.target.value); run.reset(); }}>
            {latestMonths(now, MONTHS_TO_CHOOSE).map((each) => (
              <MenuItem key={each} value={each}>
                {monthInWords(each)}
              </MenuItem>
            ))}
          </TextField>
          {!run.data && (
            <Alert severity={runs ? "info" : "warning"}>{translate(runs ? "money.run.drafts" : "money.run.issues", { month: monthInWords(month) })}</Alert>
          )}
          {run.isPending && (
            <div role="status">
              <Typography gutterBottom>{translate("money.run.under_way")}</Typography>
              <LinearProgress aria-label={translate("money.run.under_way")} />
            </div>
          )}
          {run.error && <Alert severity="error">{translate(messageOf(run.error), { _: messageOf(run.error) })}</Alert>}
          {run.data && <Result documents={run.data.items} />}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose} disabled={run.isPending}>
          {translate(run.data ? "app.close" : "ra.action.cancel")}
        </Button>
        {run.data ? (
          <Button variant="contained" component={Link} to={listAddress("invoices", { period: month })} onClick={onClose}>
            {translate("money.run.show")}
          </Button>
        ) : (
          <Button variant="contained" disabled={run.isPending} onClick={() => run.mutate(month)}>
            {translate("money.run.submit")}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

/** What documents of a kind sum to, a text for each currency. */
function sums(documents: readonly Invoice[]): string {
  const totals = new Map<string, number>();
  for (const each of documents) totals.set(each.currency, (totals.get(each.currency) ?? 0) + each.total_minor);
  return [...totals].map(([currency, total]) => money(total, currency)).join(" + ");
}

function Result({ documents }: { documents: readonly Invoice[] }) {
  const translate = useTranslate();
  const kinds = KINDS.map((kind) => ({ kind, found: documents.filter((each) => each.kind === kind) })).filter(({ found }) => found.length > 0);
  if (kinds.length === 0) return <Alert severity="info">{translate("money.run.nothing")}</Alert>;
  return (
    <Alert severity="success">
      {translate("money.run.done")}
      <ul style={{ margin: 0, paddingInlineStart: 20 }}>
        {kinds.map(({ kind, found }) => (
          <li key={kind}>
            {translate(`money.run.made.${kind}`, { number: count(found.length) })}: {sums(found)}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
