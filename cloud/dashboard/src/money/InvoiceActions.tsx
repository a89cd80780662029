/** What one can do with a document: its files for everyone who sees it; money, mail and taking back for those who may. */
import CodeIcon from "@mui/icons-material/CodeOutlined";
import PdfIcon from "@mui/icons-material/PictureAsPdfOutlined";
import Button from "@mui/material/Button";
import { type ReactNode, useState } from "react";
import { Confirm, useNotify, useRefresh, useTranslate } from "react-admin";

import { api } from "../api/client";
import { saveFile } from "../api/download";
import { messageOf } from "../api/problems";
import { useMay } from "../shell/useMe";
import { CreditNoteDialog } from "./CreditNoteDialog";
import type { InvoiceDetail } from "./documentWords";
import { PaymentDialog } from "./PaymentDialog";
import { SendDialog } from "./SendDialog";

interface Props {
  invoice: InvoiceDetail;
}

export function InvoiceActions({ invoice }: Props) {
  const translate = useTranslate();
  const writes = useMay("money", "write");
  const issued = invoice.status === "issued";
  const name = (invoice.reference ?? `draft-${invoice.period}`).replaceAll("/", "-");
  return (
    <>
      <FileButton path={`/api/v1/invoices/${invoice.id}/pdf`} name={`${name}.pdf`} icon={<PdfIcon />} label={translate("money.pdf")} />
      {issued && invoice.no_e_invoice_because.length === 0 && (
        <FileButton path={`/api/v1/invoices/${invoice.id}/e-invoice`} name={`${name}.xml`} icon={<CodeIcon />} label={translate("money.e_invoice")} />
      )}
      {writes && issued && <Writes invoice={invoice} />}
    </>
  );
}

function FileButton({ path, name, icon, label }: { path: string; name: string; icon: ReactNode; label: string }) {
  const notify = useNotify();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      await saveFile(path, name);
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
    setBusy(false);
  };
  return (
    <Button variant="outlined" startIcon={icon} disabled={busy} onClick={() => void save()}>
      {label}
    </Button>
  );
}

type Open = "payment" | "credit" | "send" | "void" | null;

function Writes({ invoice }: Props) {
  const translate = useTranslate();
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const takesBack = invoice.kind === "credit_note";
  const untouched = invoice.paid_minor === 0 && invoice.credited_minor === 0;
  return (
    <>
      {!takesBack && invoice.balance_minor > 0 && (
        <Button variant="contained" onClick={() => setOpen("payment")}>
          {translate(`money.payment.enter.${invoice.kind}`)}
        </Button>
      )}
      <Button onClick={() => setOpen("send")}>{translate("money.send.open")}</Button>
      {!takesBack && invoice.credited_minor < invoice.total_minor && <Button onClick={() => setOpen("credit")}>{translate("money.credit.open")}</Button>}
      {!takesBack && untouched && (
        <Button color="error" onClick={() => setOpen("void")}>
          {translate("money.void.open")}
        </Button>
      )}
      {open === "payment" && <PaymentDialog invoice={invoice} onClose={close} />}
      {open === "credit" && <CreditNoteDialog invoice={invoice} onClose={close} />}
      {open === "send" && <SendDialog invoice={invoice} onClose={close} />}
      {open === "void" && <VoidDialog invoice={invoice} onClose={close} />}
    </>
  );
}

function VoidDialog({ invoice, onClose }: Props & { onClose: () => void }) {
  const translate = useTranslate();
  const notify = useNotify();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const takeBack = async () => {
    setBusy(true);
    try {
      await api.POST("/api/v1/invoices/{invoice_id}/void", { params: { path: { invoice_id: invoice.id } } });
      refresh();
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
    onClose();
  };
  return (
    <Confirm
      isOpen
      loading={busy}
      title={translate("money.void.title", { number: invoice.reference })}
      content={translate("money.void.text")}
      confirm={translate("money.void.submit")}
      confirmColor="warning"
      onConfirm={() => void takeBack()}
      onClose={onClose}
    />
  );
}
