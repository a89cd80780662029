/** Invoices, settlements and credit notes: what is owed, by whom, until when. */
import ReceiptIcon from "@mui/icons-material/ReceiptLongOutlined";
import Typography from "@mui/material/Typography";
import { AutocompleteInput, DataTable, ReferenceInput, SelectInput, useTranslate } from "react-admin";

import { money } from "../i18n/formats";
import { ListPage } from "../shell/ListPage";
import { Message } from "../shell/Message";
import { StatusChip } from "../shell/StatusChip";
import { useMay, useMe } from "../shell/useMe";
import { type Invoice, KINDS, numberInWords, STATES, TONES } from "./documentWords";
import { day, latestMonths, monthInWords } from "./months";
import { RunMonth } from "./RunMonth";

/** Months one can choose; older ones are found by paging. */
const MONTHS_TO_CHOOSE = 36;

const PHONE = {
  primary: (record: unknown) => <Named invoice={record as Invoice} />,
  secondary: (record: unknown) => <Below invoice={record as Invoice} />,
  end: (record: unknown) => <StateChip invoice={record as Invoice} />,
};

export function StateChip({ invoice }: { invoice: Pick<Invoice, "state" | "kind"> }) {
  const translate = useTranslate();
  // Nobody has to pay one: it is never open.
  if (invoice.kind === "credit_note" && invoice.state === "issued") return <StatusChip tone="good" label={translate("money.credit.issued")} />;
  return <StatusChip tone={TONES[invoice.state]} label={translate(`money.state.${invoice.state}`)} />;
}

function Named({ invoice }: { invoice: Invoice }) {
  const translate = useTranslate();
  return (
    <Typography component="span" variant="body2" sx={{ fontWeight: 600 }}>
      {numberInWords(translate, invoice)}
    </Typography>
  );
}

function Below({ invoice }: { invoice: Invoice }) {
  return (
    <>
      {invoice.host_name} · {monthInWords(invoice.period)} · {money(invoice.total_minor, invoice.currency)}
    </>
  );
}

function NoInvoices() {
  const translate = useTranslate();
  const writes = useMay("money", "write");
  const key = writes ? "empty_text" : "empty_text_read";
  return <Message icon={ReceiptIcon} title={translate("money.invoice.empty")} text={translate(`money.invoice.${key}`)} action={writes && <RunMonth contained />} />;
}

function useFilters() {
  const translate = useTranslate();
  const me = useMe();
  const readsHosts = useMay("hosts");
  const months = latestMonths(new Date(), MONTHS_TO_CHOOSE).map((id) => ({ id, name: monthInWords(id) }));
  const states = STATES.map((id) => ({ id, name: translate(`money.state.${id}`) }));
  const kinds = KINDS.map((id) => ({ id, name: translate(`money.kind.${id}`) }));
  return [
    <SelectInput key="period" source="period" alwaysOn emptyText="app.any" choices={months} />,
    <SelectInput key="state" source="state" alwaysOn emptyText="app.any" choices={states} />,
    ...(readsHosts && !me?.host_id
      ? [
          <ReferenceInput key="host" source="host_id" reference="hosts">
            <AutocompleteInput filterToQuery={(search: string) => ({ search })} />
          </ReferenceInput>,
        ]
      : []),
    <SelectInput key="kind" source="kind" choices={kinds} />,
  ];
}

export default function InvoiceList() {
  const translate = useTranslate();
  const writes = useMay("money", "write");
  const filters = useFilters();
  return (
    <ListPage filters={filters} sort={{ field: "period", order: "DESC" }} phone={PHONE} empty={<NoInvoices />} actions={writes && <RunMonth />}>
      <DataTable.Col source="reference" disableSort render={(record) => <Named invoice={record as Invoice} />} />
      <DataTable.Col source="kind" disableSort render={(record) => translate(`money.kind.${(record as Invoice).kind}`)} />
      <DataTable.Col source="host_name" disableSort />
      <DataTable.Col source="period" render={(record) => monthInWords((record as Invoice).period)} />
      <DataTable.Col source="total_minor" align="right" render={(record) => money((record as Invoice).total_minor, (record as Invoice).currency)} />
      <DataTable.Col source="balance_minor" align="right" disableSort render={(record) => money((record as Invoice).balance_minor, (record as Invoice).currency)} />
      <DataTable.Col source="due_on" disableSort render={(record) => day((record as Invoice).due_on)} />
      <DataTable.Col source="state" disableSort render={(record) => <StateChip invoice={record as Invoice} />} />
    </ListPage>
  );
}
