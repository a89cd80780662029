/** Batches of vouchers, and how many of each are left. */
import TicketIcon from "@mui/icons-material/ConfirmationNumberOutlined";
import { AutocompleteInput, CreateButton, DataTable, ReferenceField, ReferenceInput, useTranslate } from "react-admin";

import { count, money } from "../i18n/formats";
import { ListPage } from "../shell/ListPage";
import { Message } from "../shell/Message";
import { StatusChip } from "../shell/StatusChip";
import { useMay } from "../shell/useMe";
import { When } from "../shell/When";
import type { Batch } from "./vouchers";

const HOST = (
  <ReferenceInput key="host" source="host_id" reference="hosts" alwaysOn>
    <AutocompleteInput filterToQuery={(search: string) => ({ search })} />
  </ReferenceInput>
);

const PHONE = {
  primary: () => <ReferenceField source="plan_id" reference="plans" link={false} />,
  secondary: (record: unknown) => <Line batch={record as Batch} />,
  end: (record: unknown) => <Left batch={record as Batch} />,
};

function Line({ batch }: { batch: Batch }) {
  return (
    <>
      <When at={batch.created_at} /> {batch.note}
    </>
  );
}

/** What can still be sold. */
export function Left({ batch }: { batch: Batch }) {
  const translate = useTranslate();
  if (batch.revoked_at) return <StatusChip tone="off" label={translate("guests.voucher.state.revoked")} />;
  const label = translate("guests.batch.left", { smart_count: batch.unused_count, of: count(batch.count) });
  return <StatusChip tone={batch.unused_count > 0 ? "good" : "off"} label={label} />;
}

function NoBatches() {
  const translate = useTranslate();
  const writes = useMay("guests", "write");
  return (
    <Message
      icon={TicketIcon}
      title={translate("guests.batch.empty")}
      text={translate("guests.batch.empty_text")}
      action={writes && <CreateButton variant="contained" label="guests.batch.create" />}
    />
  );
}

export default function BatchList() {
  const writes = useMay("guests", "write");
  const readsHosts = useMay("hosts");
  return (
    <ListPage {...(readsHosts && { filters: [HOST] })} creates={writes} sort={{ field: "created_at", order: "DESC" }} phone={PHONE} empty={<NoBatches />}>
      <DataTable.Col source="created_at" render={(record) => <When at={(record as Batch).created_at} />} />
      <DataTable.Col source="plan_id" disableSort>
        <ReferenceField source="plan_id" reference="plans" link={false} />
      </DataTable.Col>
      {readsHosts && (
        <DataTable.Col source="host_id" disableSort>
          <ReferenceField source="host_id" reference="hosts" link={false} empty="guests.of_isp" />
        </DataTable.Col>
      )}
      <DataTable.Col source="left" disableSort render={(record) => <Left batch={record as Batch} />} />
      <DataTable.Col source="used_count" align="right" disableSort render={(record) => count((record as Batch).used_count)} />
      <DataTable.Col source="price_minor" align="right" disableSort render={(record) => money((record as Batch).price_minor, (record as Batch).currency)} />
      <DataTable.Col source="note" disableSort />
    </ListPage>
  );
}
