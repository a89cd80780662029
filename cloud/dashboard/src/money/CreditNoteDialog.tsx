/** Take back part or all of a document, with a reason its receiver reads. */
import { useState } from "react";
import { BooleanInput, maxValue, required, TextInput, useNotify, useTranslate } from "react-admin";
import { useWatch } from "react-hook-form";
import { useNavigate } from "react-router-dom";

import { api, bodyOf, newIdempotencyKey } from "../api/client";
import type { Schemas } from "../api/types";
import { money } from "../i18n/formats";
import { FormDialog } from "../shell/FormDialog";
import { MoneyInput } from "../shell/UnitInput";
import { type InvoiceDetail, lineInWords } from "./documentWords";

const NEEDED = [required()];

interface Values {
  reason: string;
  everything: boolean;
  /** Minor units by the line's position. */
  amounts?: Record<string, number | null>;
}

/** The form as the API takes it: lines only where not everything is taken back. */
export function creditNoteOf({ reason, everything, amounts = {} }: Values): Schemas["CreditNoteIn"] {
  if (everything) return { reason };
  const lines = Object.entries(amounts).flatMap(([name, minor]) => (minor ? [{ position: Number(name.slice(1)), amount_minor: minor }] : []));
  return { reason, lines };
}

export function CreditNoteDialog({ invoice, onClose }: { invoice: InvoiceDetail; onClose: () => void }) {
  const translate = useTranslate();
  const notify = useNotify();
  const navigate = useNavigate();
  const [key] = useState(newIdempotencyKey);
  const send = async (values: Values) => {
    const params = { path: { invoice_id: invoice.id }, header: { "Idempotency-Key": key } };
    const note = await bodyOf(api.POST("/api/v1/invoices/{invoice_id}/credit-notes", { params, body: creditNoteOf(values) }));
    notify("money.credit.made", { type: "success" });
    void navigate(`/invoices/${note.id}/show`);
  };
  return (
    <FormDialog
      title={translate("money.credit.title", { number: invoice.reference })}
      text={translate("money.credit.text")}
      action={translate("money.credit.submit")}
      resource="credit-notes"
      defaults={{ everything: true }}
      onSubmit={send}
      onClose={onClose}
    >
      <TextInput source="reason" validate={NEEDED} helperText="money.credit.reason_help" multiline fullWidth autoFocus />
      <BooleanInput source="everything" helperText={false} />
      <LineAmounts invoice={invoice} />
    </FormDialog>
  );
}

function LineAmounts({ invoice }: { invoice: InvoiceDetail }) {
  const translate = useTranslate();
  const everything = useWatch({ name: "everything" }) as boolean;
  if (everything) return null;
  return invoice.lines
    .filter((line) => line.amount_minor > 0)
    .map((line) => (
      <MoneyInput key={line.position} source={`amounts.p${line.position}`} label={lineInWords(translate, line)} currency={invoice.currency} validate={[maxValue(line.amount_minor, translate("money.credit.most", { amount: money(line.amount_minor, invoice.currency) }))]} />
    ));
}
