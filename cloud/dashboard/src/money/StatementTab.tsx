/** A host's statement of account: documents and payments, with the balance after each. */
import DownloadIcon from "@mui/icons-material/DownloadOutlined";
import Button from "@mui/material/Button";
import MuiLink from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { Loading, useNotify, useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import { api, bodyOf } from "../api/client";
import { saveFile } from "../api/download";
import { messageOf } from "../api/problems";
import type { Schemas } from "../api/types";
import { money } from "../i18n/formats";
import { Message } from "../shell/Message";
import { PageError } from "../shell/PageError";
import type { AccountTabProps } from "./Accounts";
import { day } from "./months";

type Account = Schemas["AccountOut"];
const DOCUMENTS: readonly string[] = ["invoice", "settlement", "credit_note"];
const AMOUNT = { fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" } as const;

export default function StatementTab({ host }: AccountTabProps) {
  const translate = useTranslate();
  const notify = useNotify();
  const { data, error, refetch } = useQuery({
    queryKey: ["hosts", host.id, "account"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/hosts/{host_id}/account", { params: { path: { host_id: host.id } }, signal })),
  });
  const save = async () => {
    try {
      await saveFile(`/api/v1/hosts/${host.id}/account?format=csv`, "account.csv");
    } catch (problem) {
      notify(messageOf(problem), { type: "error" });
    }
  };
  if (error) return <PageError error={error} resetErrorBoundary={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.items.length === 0) return <Message title={translate("money.statement.empty")} text={translate("money.statement.empty_text")} />;
  return (
    <Stack spacing={1}>
      <Stack direction="row" sx={{ justifyContent: "space-between", alignItems: "center", flexWrap: "wrap" }}>
        <Typography variant="h2">{closing(translate, data)}</Typography>
        <Button startIcon={<DownloadIcon />} onClick={() => void save()}>
          {translate("app.csv")}
        </Button>
      </Stack>
      <Entries account={data} />
    </Stack>
  );
}

function closing(translate: ReturnType<typeof useTranslate>, { closing_minor: minor, currency }: Account): string {
  const key = minor > 0 ? "owed" : minor < 0 ? "owed_to" : "even";
  return translate(`money.statement.${key}`, { amount: money(Math.abs(minor), currency) });
}

function Entries({ account }: { account: Account }) {
  const translate = useTranslate();
  return (
    <Table size="small">
      <TableHead>
        <TableRow>
          <TableCell>{translate("money.statement.on")}</TableCell>
          <TableCell>{translate("money.statement.what")}</TableCell>
          <TableCell align="right">{translate("money.column.amount")}</TableCell>
          <TableCell align="right">{translate("money.statement.balance")}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {account.items.map((entry) => (
          <TableRow key={`${entry.kind} ${entry.subject_id ?? ""}`}>
            <TableCell>{day(entry.on)}</TableCell>
            <TableCell>
              {translate(`money.entry.${entry.kind}`)}{" "}
              {DOCUMENTS.includes(entry.kind) ? (
                <MuiLink component={Link} to={`/invoices/${entry.subject_id ?? ""}/show`}>
                  {entry.reference}
                </MuiLink>
              ) : (
                entry.reference
              )}
            </TableCell>
            <TableCell align="right" sx={AMOUNT}>
              {money(entry.amount_minor, account.currency)}
            </TableCell>
            <TableCell align="right" sx={AMOUNT}>
              {money(entry.balance_minor, account.currency)}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
