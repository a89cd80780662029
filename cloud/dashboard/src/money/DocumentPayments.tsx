/** What paid a document. */
import Card from "@mui/material/Card";
import Typography from "@mui/material/Typography";
import { useGetList, useTranslate } from "react-admin";

import type { Schemas } from "../api/types";
import { money } from "../i18n/formats";
import type { InvoiceDetail } from "./documentWords";
import { day } from "./months";

export function DocumentPayments({ invoice }: { invoice: InvoiceDetail }) {
  const translate = useTranslate();
  const { data } = useGetList<Schemas["PaymentOut"]>("payments", {
    pagination: { page: 1, perPage: 100 },
    sort: { field: "created_at", order: "DESC" },
    filter: { invoice_id: invoice.id },
  });
  if (!data || data.length === 0) return null;
  return (
    <Card sx={{ padding: 2 }}>
      <Typography variant="h3" gutterBottom>
        {translate("resources.payments.name", { smart_count: 2 })}
      </Typography>
      {data.map((payment) => {
        const share = payment.allocations.find((each) => each.invoice_id === invoice.id);
        const words = [money(share?.amount_minor ?? 0, payment.currency), day(payment.paid_on), payment.method, payment.reference, payment.note];
        return <Typography key={payment.id}>{words.filter(Boolean).join(" · ")}</Typography>;
      })}
    </Card>
  );
}
