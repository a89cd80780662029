/** Who owes what since when, and what a month brought, host by host. */
import DownloadIcon from "@mui/icons-material/DownloadOutlined";
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import Tab from "@mui/material/Tab";
import Tabs from "@mui/material/Tabs";
import TextField from "@mui/material/TextField";
import { useQuery } from "@tanstack/react-query";
import { Loading, Title, useNotify, useTranslate } from "react-admin";
import { useSearchParams } from "react-router-dom";

import { api, bodyOf } from "../api/client";
import { saveFile } from "../api/download";
import { messageOf } from "../api/problems";
import { bytes, money } from "../i18n/formats";
import { Message } from "../shell/Message";
import { PageError } from "../shell/PageError";
import { day, latestMonths, monthBefore, monthInWords } from "./months";
import { type Column, ReportTable } from "./ReportTable";

const MONTHS_TO_CHOOSE = 36;

export default function Reports() {
  const translate = useTranslate();
  const [query, setQuery] = useSearchParams();
  const tab = query.get("tab") === "month" ? "month" : "receivables";
  return (
    <Card sx={{ marginBlockStart: 2 }}>
      <Title title={translate("money.reports.title")} />
      <Tabs value={tab} onChange={(_, name: string) => setQuery({ tab: name })} aria-label={translate("money.reports.title")} sx={{ borderBottom: 1, borderColor: "divider" }}>
        {["receivables", "month"].map((name) => (
          <Tab key={name} value={name} label={translate(`money.reports.tab.${name}`)} id={`tab-${name}`} aria-controls="tab-panel" />
        ))}
      </Tabs>
      <Stack spacing={2} id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} sx={{ padding: 2, minHeight: 320 }}>
        {tab === "month" ? <Month /> : <Receivables />}
      </Stack>
    </Card>
  );
}

function Csv({ path, name }: { path: string; name: string }) {
  const translate = useTranslate();
  const notify = useNotify();
  const save = () => saveFile(path, name).catch((error: unknown) => notify(messageOf(error), { type: "error" }));
  return (
    <Button startIcon={<DownloadIcon />} onClick={() => void save()} sx={{ alignSelf: "flex-start" }}>
      {translate("app.csv")}
    </Button>
  );
}

function Receivables() {
  const translate = useTranslate();
  const { data, error, refetch } = useQuery({ queryKey: ["reports", "receivables"], queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/reports/receivables", { signal })) });
  if (error) return <PageError error={error} resetErrorBoundary={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.items.length === 0) return <Message title={translate("money.reports.nobody")} />;
  const amounts = ["not_due_minor", "days_1_to_30_minor", "days_31_to_60_minor", "days_61_to_90_minor", "days_over_90_minor", "total_minor"] as const;
  type Row = (typeof data.items)[number];
  const columns: Column<Row>[] = [
    { name: "host_name", shown: (row) => row.host_name },
    { name: "oldest_due_on", shown: (row) => day(row.oldest_due_on) },
    ...amounts.map((name): Column<Row> => ({ name, end: true, shown: (row) => money(row[name], row.currency) })),
  ];
  return (
    <>
      <Csv path="/api/v1/reports/receivables?format=csv" name="receivables.csv" />
      <ReportTable rows={data.items} columns={columns} keyOf={(row) => `${row.host_id} ${row.currency}`} />
    </>
  );
}

function Month() {
  const translate = useTranslate();
  const [query, setQuery] = useSearchParams();
  const now = new Date();
  const period = query.get("period") ?? monthBefore(now, 1);
  const { data, error, refetch } = useQuery({
    queryKey: ["reports", "billing", period],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/reports/billing", { params: { query: { period } }, signal })),
  });
  type Row = NonNullable<typeof data>["items"][number];
  const amounts = ["fees_minor", "usage_minor", "sales_share_minor", "subtotal_minor", "tax_minor", "total_minor", "paid_minor", "balance_minor"] as const;
  const columns: Column<Row>[] = [
    { name: "host_name", shown: (row) => row.host_name },
    { name: "kind", shown: (row) => translate(`money.kind.${row.kind}`) },
    { name: "volume", end: true, shown: (row) => bytes(row.up_bytes + row.down_bytes) },
    ...amounts.map((name): Column<Row> => ({ name, end: true, shown: (row) => money(row[name], row.currency) })),
  ];
  const totals = (data?.totals ?? []).map((each): Row => ({ ...each, host_id: "", host_name: translate("money.total") }));
  return (
    <>
      <Stack direction="row" spacing={2} sx={{ alignItems: "center" }}>
        <TextField select label={translate("money.run.month")} value={period} onChange={(event) => setQuery({ tab: "month", period: event.target.value })} sx={{ minWidth: 180 }}>
          {latestMonths(now, MONTHS_TO_CHOOSE).map((each) => (
            <MenuItem key={each} value={each}>
              {monthInWords(each)}
            </MenuItem>
          ))}
        </TextField>
        <Csv path={`/api/v1/reports/billing?period=${period}&format=csv`} name={`billing-${period}.csv`} />
      </Stack>
      {error && <PageError error={error} resetErrorBoundary={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.items.length === 0 && <Message title={translate("money.reports.no_month")} />}
      {data && data.items.length > 0 && <ReportTable rows={data.items} totals={totals} columns={columns} keyOf={(row) => `${row.host_id} ${row.kind} ${row.currency}`} />}
    </>
  );
}
