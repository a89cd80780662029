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
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useRefresh, useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import { api, bodyOf } from "../api/client";
import { messageOf } from "../api/problems";
import { count, money } from "../i18n/formats";
import type { Schemas } from "../api/types";
import { listAddress } from "../shell/addresses";
import { KINDS } from "./documentWords";
import { latestMonths, monthBefore, monthInWords } from "./months";

/** Months that are offered: a year back, and the running one. */
const MONTHS_TO_CHOOSE = 13;
const LOOK_EVERY_MS = 1000;

type Run = Schemas["InvoiceRunOut"];

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
  const ordered = useMutation({
    mutationFn: (period: string) => bodyOf(api.POST("/api/v1/invoices/run", { body: { period } })),
  });
  const id = ordered.data?.id;
  const looked = useQuery({
    queryKey: ["invoice-run", id],
    enabled: id !== undefined,
    queryFn: () => bodyOf(api.GET("/api/v1/invoices/runs/{run_id}", { params: { path: { run_id: id ?? "" } } })),
    refetchInterval: ({ state }) => (state.data?.finished_at ? false : LOOK_EVERY_MS),
    gcTime: 0,
  });
  const run = looked.data ?? ordered.data;
  const finished = run?.finished_at ? run : undefined;
  const isDone = finished !== undefined;
  useEffect(() => {
    if (isDone) refresh();
  }, [isDone, refresh]);
  return {
    order: ordered.mutate,
    reset: ordered.reset,
    run,
    finished,
    isPending: ordered.isPending || (run !== undefined && !isDone),
    error: ordered.error ?? looked.error,
  };
}

function RunDialog({ onClose }: { onClose: () => void }) {
  const translate = useTranslate();
  const [now] = useState(() => new Date());
  const [month, setMonth] = useState(monthBefore(now, 1));
  const { run, ...billing } = useRun();
  const runs = month === monthBefore(now, 0);
  return (
    <Dialog open onClose={onClose} maxWidth="sm" fullWidth aria-labelledby="run-title">
      <DialogTitle id="run-title">{translate("money.run.title")}</DialogTitle>
      <DialogContent>
        <Stack spacing={2} sx={{ paddingBlockStart: 1 }}>
          <TextField select label={translate("money.run.month")} value={month} disabled={billing.isPending} onChange={(event) => { setMonth(event.target.value); billing.reset(); }}>
            {latestMonths(now, MONTHS_TO_CHOOSE).map((each) => (
              <MenuItem key={each} value={each}>
                {monthInWords(each)}
              </MenuItem>
            ))}
          </TextField>
          {!billing.finished && (
            <Alert severity={runs ? "info" : "warning"}>{translate(runs ? "money.run.drafts" : "money.run.issues", { month: monthInWords(month) })}</Alert>
          )}
          {billing.isPending && (
            <div role="status">
              <Typography gutterBottom>{translate("money.run.under_way")}</Typography>
              <LinearProgress
                aria-label={translate("money.run.under_way")}
                {...(run && run.hosts > 0 ? { variant: "determinate" as const, value: (100 * run.hosts_done) / run.hosts } : {})}
              />
              {run && <Typography variant="body2">{translate("money.run.progress", { done: count(run.hosts_done), hosts: count(run.hosts) })}</Typography>}
            </div>
          )}
          {billing.error && <Alert severity="error">{translate(messageOf(billing.error), { _: messageOf(billing.error) })}</Alert>}
          {billing.finished && <Result run={billing.finished} />}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>
          {translate(run ? "app.close" : "ra.action.cancel")}
        </Button>
        {billing.finished ? (
          <Button variant="contained" component={Link} to={listAddress("invoices", { period: month })} onClick={onClose}>
            {translate("money.run.show")}
          </Button>
        ) : (
          <Button variant="contained" disabled={billing.isPending} onClick={() => billing.order(month)}>
            {translate("money.run.submit")}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

function Result({ run }: { run: Run }) {
  const translate = useTranslate();
  const kinds = KINDS.map((kind) => ({ kind, made: run.made.filter((each) => each.kind === kind) })).filter(({ made }) => made.length > 0);
  return (
    <>
      {run.hosts_failed > 0 && <Alert severity="error">{translate("money.run.failed", { number: count(run.hosts_failed) })}</Alert>}
      {kinds.length === 0 && run.hosts_failed === 0 && <Alert severity="info">{translate("money.run.nothing")}</Alert>}
      {kinds.length > 0 && (
        <Alert severity="success">
          {translate("money.run.done")}
          <ul style={{ margin: 0, paddingInlineStart: 20 }}>
            {kinds.map(({ kind, made }) => (
              <li key={kind}>
                {translate(`money.run.made.${kind}`, { number: count(made.reduce((sum, each) => sum + each.documents, 0)) })}:{" "}
                {made.map((each) => money(each.total_minor, each.currency)).join(" + ")}
              </li>
            ))}
          </ul>
        </Alert>
      )}
    </>
  );
}
