/** Send a document by e-mail, as a PDF. */
import { TextInput, useNotify, useTranslate } from "react-admin";

import { api, bodyOf } from "../api/client";
import { FormDialog } from "../shell/FormDialog";
import type { InvoiceDetail } from "./documentWords";

export function SendDialog({ invoice, onClose }: { invoice: InvoiceDetail; onClose: () => void }) {
  const translate = useTranslate();
  const notify = useNotify();
  const send = async ({ recipient }: { recipient?: string | null }) => {
    const params = { path: { invoice_id: invoice.id } };
    const sent = await bodyOf(api.POST("/api/v1/invoices/{invoice_id}/send", { params, body: recipient ? { recipient } : {} }));
    notify("money.send.sent", { type: "success", messageArgs: { recipient: sent.recipient } });
  };
  return (
    <FormDialog
      title={translate("money.send.title", { number: invoice.reference })}
      action={translate("money.send.submit")}
      resource="letters"
      defaults={{ recipient: party(invoice).email }}
      onSubmit={send}
      onClose={onClose}
    >
      <TextInput source="recipient" type="email" helperText="money.send.recipient_help" fullWidth autoFocus />
    </FormDialog>
  );
}

/** The host's side of a document: a settlement is from the host. */
function party(invoice: InvoiceDetail) {
  return invoice.kind === "settlement" ? invoice.seller : invoice.buyer;
}
