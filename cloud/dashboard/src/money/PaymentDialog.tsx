/** Enter that a document was paid, in full unless said otherwise. */
import { useState } from "react";
import { DateInput, required, TextInput, useNotify, useTranslate } from "react-admin";

import { api, bodyOf, newIdempotencyKey } from "../api/client";
import type { Schemas } from "../api/types";
import { FormDialog } from "../shell/FormDialog";
import { MoneyInput } from "../shell/UnitInput";
import type { InvoiceDetail } from "./documentWords";

const NEEDED = [required()];

/** Empty fields of forms are null; the API's are left out. */
function filled<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== "")) as T;
}

export function PaymentDialog({ invoice, onClose }: { invoice: InvoiceDetail; onClose: () => void }) {
  const translate = useTranslate();
  const notify = useNotify();
  // One key for this dialogue: pressed twice, one payment.
  const [key] = useState(newIdempotencyKey);
  const send = async (values: Schemas["PaymentIn"]) => {
    const params = { path: { invoice_id: invoice.id }, header: { "Idempotency-Key": key } };
    await bodyOf(api.POST("/api/v1/invoices/{invoice_id}/payments", { params, body: filled(values) }));
    notify("money.payment.entered", { type: "success" });
  };
  return (
    <FormDialog
      title={translate(`money.payment.enter.${invoice.kind}`)}
      text={translate(`money.payment.text.${invoice.kind}`)}
      action={translate("money.payment.submit")}
      resource="payments"
      defaults={{ amount_minor: invoice.balance_minor }}
      onSubmit={send}
      onClose={onClose}
    >
      <MoneyInput source="amount_minor" currency={invoice.currency} validate={NEEDED} autoFocus />
      <DateInput source="paid_on" helperText="money.payment.today" fullWidth />
      <TextInput source="method" helperText="money.payment.method_help" fullWidth />
      <TextInput source="reference" helperText={false} fullWidth />
      <TextInput source="note" helperText={false} fullWidth />
    </FormDialog>
  );
}
