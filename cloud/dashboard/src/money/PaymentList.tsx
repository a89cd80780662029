/** Money that came from hosts and went to them; one that bounced is taken back here. */
import PaymentsIcon from "@mui/icons-material/PaymentsOutlined";
import Button from "@mui/material/Button";
import { useState } from "react";
import { AutocompleteInput, DataTable, ReferenceField, ReferenceInput, TextInput, useNotify, useTranslate } from "react-admin";

import { api, bodyOf } from "../api/client";
import type { Schemas } from "../api/types";
import { money } from "../i18n/formats";
import { ListPage } from "../shell/ListPage";
import { Message } from "../shell/Message";
import { StatusChip } from "../shell/StatusChip";
import { useMay, useMe } from "../shell/useMe";
import { FormDialog } from "../shell/FormDialog";
import { day } from "./months";

type Payment = Schemas["PaymentOut"];

const FILTERS = [
  <ReferenceInput key="host" source="host_id" reference="hosts" alwaysOn>
    <AutocompleteInput filterToQuery={(search: string) => ({ search })} />
  </ReferenceInput>,
];
const PHONE = {
  primary: (record: unknown) => money((record as Payment).amount_minor, (record as Payment).currency),
  secondary: (record: unknown) => [day((record as Payment).paid_on), (record as Payment).method, (record as Payment).reference].filter(Boolean).join(" · "),
  end: (record: unknown) => <PaymentChip payment={record as Payment} />,
};

function PaymentChip({ payment }: { payment: Payment }) {
  const translate = useTranslate();
  if (payment.reversed_at) return <StatusChip tone="off" label={translate("money.payment.reversed")} {...(payment.reversal_note && { why: payment.reversal_note })} />;
  return <StatusChip tone="good" label={translate(`money.payment.direction.${payment.direction}`)} />;
}

function NoPayments() {
  const translate = useTranslate();
  const writes = useMay("money", "write");
  return <Message icon={PaymentsIcon} title={translate("money.payment.empty")} {...(writes && { text: translate("money.payment.empty_text") })} />;
}

export default function PaymentList() {
  const me = useMe();
  const readsHosts = useMay("hosts");
  const writes = useMay("money", "write");
  const several = readsHosts && !me?.host_id;
  return (
    <ListPage {...(several && { filters: FILTERS })} sort={{ field: "created_at", order: "DESC" }} phone={PHONE} row={false} empty={<NoPayments />}>
      <DataTable.Col source="paid_on" disableSort render={(record) => day((record as Payment).paid_on)} />
      {several && (
        <DataTable.Col source="host_id" disableSort>
          <ReferenceField source="host_id" reference="hosts" link={false} />
        </DataTable.Col>
      )}
      <DataTable.Col source="amount_minor" align="right" disableSort render={(record) => money((record as Payment).amount_minor, (record as Payment).currency)} />
      <DataTable.Col source="free_minor" align="right" disableSort render={(record) => money((record as Payment).free_minor, (record as Payment).currency)} />
      <DataTable.Col source="method" disableSort />
      <DataTable.Col source="reference" disableSort />
      <DataTable.Col source="direction" disableSort render={(record) => <PaymentChip payment={record as Payment} />} />
      {writes && <DataTable.Col source="id" label={false} disableSort render={(record) => <Reverse payment={record as Payment} />} />}
    </ListPage>
  );
}

function Reverse({ payment }: { payment: Payment }) {
  const translate = useTranslate();
  const notify = useNotify();
  const [open, setOpen] = useState(false);
  if (payment.reversed_at) return null;
  const send = async ({ note }: { note?: string | null }) => {
    await bodyOf(api.POST("/api/v1/payments/{payment_id}/reverse", { params: { path: { payment_id: payment.id } }, body: { note: note ?? "" } }));
    notify("money.payment.taken_back", { type: "success" });
  };
  return (
    <>
      <Button color="error" size="small" onClick={() => setOpen(true)}>
        {translate("money.payment.reverse")}
      </Button>
      {open && (
        <FormDialog
          title={translate("money.payment.reverse_title", { amount: money(payment.amount_minor, payment.currency) })}
          text={translate("money.payment.reverse_text")}
          action={translate("money.payment.reverse")}
          resource="payments"
          onSubmit={send}
          onClose={() => setOpen(false)}
        >
          <TextInput source="note" helperText="money.payment.reverse_help" fullWidth autoFocus />
        </FormDialog>
      )}
    </>
  );
}
