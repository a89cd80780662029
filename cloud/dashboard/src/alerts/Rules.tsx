/** When alerts are raised and when they are over: for the installation, or for one host; which, is in the address. */
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Loading, Title, useGetOne, useTranslate } from "react-admin";
import { useSearchParams } from "react-router-dom";

import { api, bodyOf } from "../api/client";
import type { Host } from "../api/types";
import { AskButton } from "../shell/AskButton";
import { HostChoice } from "../shell/HostChoice";
import { PageError } from "../shell/PageError";
import { StatusChip } from "../shell/StatusChip";
import { useMay, useMe } from "../shell/useMe";
import { Wide } from "../shell/Wide";
import { AlertTabs } from "./AlertTabs";
import { SeverityChip } from "./Parts";
import { RuleDialog } from "./RuleDialog";
import { clearedInWords, raisedInWords, type Rule } from "./rules";

function useRules(hostId: string | null) {
  return useQuery({
    queryKey: ["alert-rules", hostId],
    queryFn: ({ signal }) =>
      hostId === null
        ? bodyOf(api.GET("/api/v1/alert-rules", { signal }))
        : bodyOf(api.GET("/api/v1/hosts/{host_id}/alert-rules", { params: { path: { host_id: hostId } }, signal })),
  });
}

export default function Rules() {
  const translate = useTranslate();
  const me = useMe();
  const [query] = useSearchParams();
  const settles = useMay("settings", "write");
  const writes = useMay("alerts", "write");
  const hostId = me?.host_id ?? query.get("host");
  const { data: host } = useGetOne<Host>("hosts", { id: hostId ?? "" }, { enabled: Boolean(hostId) });
  const { data, error, refetch } = useRules(hostId);
  return (
    <>
      <AlertTabs current="rules" />
      <Title title={translate("alerts.page.rules")} />
      <Stack spacing={2} sx={{ marginBlockStart: 2 }}>
        {me && !me.host_id && <HostChoice host={host} none={translate("alerts.rule.every_host")} />}
        <Alert severity="info">{translate(hostId === null ? "alerts.rule.text_all" : "alerts.rule.text_host")}</Alert>
        {error && <PageError error={error} resetErrorBoundary={() => void refetch()} />}
        {!data && !error && <Loading />}
        {data && <RuleTable rules={data.items} hostId={hostId} writes={hostId === null ? settles : writes} />}
      </Stack>
    </>
  );
}

/** On a phone each rule is a block of lines. */
const STACKED = {
  "@media (max-width: 599.95px)": {
    "&, & tbody, & tr, & td, & th": { display: "block", textAlign: "start" },
    "& thead": { display: "none" },
    "& tr": { paddingBlock: 1, borderBottom: 1, borderColor: "divider" },
    "& td, & th": { border: 0, paddingBlock: 0.25 },
    "& td[data-name]::before": { content: 'attr(data-name) ": "', color: "text.secondary" },
  },
};

interface TableProps {
  rules: Rule[];
  hostId: string | null;
  writes: boolean;
}

function RuleTable({ rules, hostId, writes }: TableProps) {
  const translate = useTranslate();
  return (
    <Card>
      <Wide label={translate("alerts.page.rules")}>
        <Table size="small" sx={STACKED}>
          <TableHead>
            <TableRow>
              {["kind", "severity", "raised", "cleared", "source"].map((name) => (
                <TableCell key={name}>{translate(`alerts.rule.column.${name}`)}</TableCell>
              ))}
              {writes && <TableCell aria-label={translate("ra.action.edit")} />}
            </TableRow>
          </TableHead>
          <TableBody>
            {rules.map((rule) => (
              <RuleRow key={rule.kind} rule={rule} hostId={hostId} writes={writes} />
            ))}
          </TableBody>
        </Table>
      </Wide>
    </Card>
  );
}

function RuleRow({ rule, hostId, writes }: { rule: Rule } & Omit<TableProps, "rules">) {
  const translate = useTranslate();
  const named = (column: string) => translate(`alerts.rule.column.${column}`);
  const quiet = rule.enabled ? {} : { color: "text.disabled" };
  return (
    <TableRow>
      <TableCell component="th" scope="row" sx={{ minWidth: 180 }}>
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          {translate(`alerts.kind.${rule.kind}`, { _: rule.kind })}
        </Typography>
      </TableCell>
      <TableCell>{rule.enabled ? <SeverityChip alert={rule} /> : <StatusChip tone="off" label={translate("alerts.rule.off")} />}</TableCell>
      <TableCell data-name={named("raised")} sx={{ minWidth: 170, ...quiet }}>
        {raisedInWords(translate, rule)}
      </TableCell>
      <TableCell data-name={named("cleared")} sx={{ minWidth: 170, ...quiet }}>
        {clearedInWords(translate, rule)}
      </TableCell>
      <TableCell data-name={named("source")}>{translate(`alerts.rule.source.${rule.source}`)}</TableCell>
      {writes && (
        <TableCell align="right" sx={{ whiteSpace: "nowrap" }}>
          <RuleActions rule={rule} hostId={hostId} />
        </TableCell>
      )}
    </TableRow>
  );
}

function RuleActions({ rule, hostId }: { rule: Rule; hostId: string | null }) {
  const translate = useTranslate();
  const [open, setOpen] = useState(false);
  const isOwn = rule.source === (hostId === null ? "installation" : "host");
  const reset = () =>
    hostId === null
      ? api.DELETE("/api/v1/alert-rules/{kind}", { params: { path: { kind: rule.kind } } })
      : api.DELETE("/api/v1/hosts/{host_id}/alert-rules/{kind}", { params: { path: { host_id: hostId, kind: rule.kind } } });
  return (
    <>
      {isOwn && <AskButton word="alerts.rule.reset" text={hostId === null ? "alerts.rule.reset_text_all" : "alerts.rule.reset_text_host"} work={reset} />}
      <Button size="small" onClick={() => setOpen(true)}>
        {translate("ra.action.edit")}
      </Button>
      {open && <RuleDialog rule={rule} hostId={hostId} onClose={() => setOpen(false)} />}
    </>
  );
}
