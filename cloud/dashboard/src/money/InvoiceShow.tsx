/** One document: where it stands, from whom to whom, its lines, what was paid of it and what one can do with it. */
import Box from "@mui/material/Box";
import MuiLink from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Loading, ShowBase, Title, useRecordContext, useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import { money } from "../i18n/formats";
import { Figure } from "../shell/Figure";
import { DocumentBody } from "./DocumentBody";
import { DocumentPayments } from "./DocumentPayments";
import { type InvoiceDetail, numberInWords } from "./documentWords";
import { InvoiceActions } from "./InvoiceActions";
import { StateChip } from "./InvoiceList";
import { Letters } from "./Letters";
import { day, monthInWords } from "./months";
import { Parties } from "./Parties";

export default function InvoiceShow() {
  return (
    <ShowBase queryOptions={{ staleTime: 0 }}>
      <Shown />
    </ShowBase>
  );
}

function Shown() {
  const invoice = useRecordContext<Partial<InvoiceDetail>>();
  // Until the whole document is there, react-admin shows what its list knew of it: no lines, no parties.
  if (!isWhole(invoice)) return <Loading />;
  return (
    <Stack spacing={2}>
      <Head invoice={invoice} />
      <Figures invoice={invoice} />
      <DocumentBody document={invoice} />
      <Parties seller={invoice.seller} buyer={invoice.buyer} note={invoice.note} />
      {invoice.status === "issued" && invoice.kind !== "credit_note" && <DocumentPayments invoice={invoice} />}
      {invoice.status === "issued" && <Letters invoice={invoice} />}
    </Stack>
  );
}

function isWhole(invoice: Partial<InvoiceDetail> | undefined): invoice is InvoiceDetail {
  return invoice?.lines !== undefined;
}

function Head({ invoice }: { invoice: InvoiceDetail }) {
  const translate = useTranslate();
  const number = numberInWords(translate, invoice);
  return (
    <Stack direction="row" spacing={1.5} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
      <Title title={number} />
      <Typography variant="h2" dir="auto">
        {number}
      </Typography>
      <StateChip invoice={invoice} />
      <Typography color="textSecondary" sx={{ flex: 1, minWidth: 200 }}>
        {[translate(`money.kind.${invoice.kind}`), invoice.host_name, monthInWords(invoice.period)].join(" · ")}
        {invoice.corrects_id && (
          <>
            {" · "}
            <MuiLink component={Link} to={`/invoices/${invoice.corrects_id}/show`}>
              {translate("money.credit.takes_back")}
            </MuiLink>
          </>
        )}
      </Typography>
      <InvoiceActions invoice={invoice} />
    </Stack>
  );
}

function Figures({ invoice }: { invoice: InvoiceDetail }) {
  const translate = useTranslate();
  const { currency } = invoice;
  const figures: [string, string][] = [
    ["total", money(invoice.total_minor, currency)],
    ["paid", money(invoice.paid_minor, currency)],
    ["credited", money(invoice.credited_minor, currency)],
    ["balance", money(invoice.balance_minor, currency)],
    ["due", day(invoice.due_on)],
  ];
  return (
    <Box sx={{ display: "grid", gap: 1, gridTemplateColumns: { xs: "1fr 1fr", md: "repeat(5, 1fr)" } }}>
      {figures.map(([name, value]) => (
        <Figure key={name} dense name={translate(`money.figure.${name}`)} value={value} />
      ))}
    </Box>
  );
}
