/** Everyone who may log in, or might once: search, filters in the address, and many at once from a file. */
import PeopleIcon from "@mui/icons-material/PeopleOutlined";
import UploadIcon from "@mui/icons-material/UploadFileOutlined";
import Typography from "@mui/material/Typography";
import { lazy, Suspense, useState } from "react";
import { AutocompleteInput, Button, CreateButton, DataTable, ReferenceField, ReferenceInput, SearchInput, SelectInput, useTranslate } from "react-admin";

import { ListPage } from "../shell/ListPage";
import { Message } from "../shell/Message";
import { useMay } from "../shell/useMe";
import { When } from "../shell/When";
import type { Subscriber } from "./condition";
import { ConditionChip } from "./ConditionChip";

const ImportDialog = lazy(() => import("./ImportDialog"));

function search(text: string): { search: string } {
  return { search: text };
}

const SEARCH = <SearchInput key="search" source="search" alwaysOn resettable />;
const STATE = (
  <SelectInput
    key="disabled"
    source="disabled"
    alwaysOn
    emptyText="app.any"
    choices={[
      { id: "false", name: "guests.condition.valid" },
      { id: "true", name: "guests.condition.disabled" },
    ]}
  />
);
const KIND = (
  <SelectInput
    key="voucher"
    source="voucher"
    alwaysOn
    emptyText="app.any"
    choices={[
      { id: "false", name: "guests.kind.account" },
      { id: "true", name: "guests.kind.voucher" },
    ]}
  />
);
/** Thousands of vouchers would drown the guests with names. */
const AT_FIRST = { voucher: "false" };
const PLAN = (
  <ReferenceInput key="plan" source="plan_id" reference="plans">
    <AutocompleteInput filterToQuery={search} />
  </ReferenceInput>
);
const HOST = (
  <ReferenceInput key="host" source="host_id" reference="hosts">
    <AutocompleteInput filterToQuery={search} />
  </ReferenceInput>
);

const PHONE = {
  primary: (record: unknown) => <span dir="ltr">{(record as Subscriber).username}</span>,
  secondary: () => <ReferenceField source="plan_id" reference="plans" link={false} />,
  end: (record: unknown) => <ConditionChip subscriber={record as Subscriber} />,
};

function NoGuests() {
  const translate = useTranslate();
  const writes = useMay("guests", "write");
  return (
    <Message
      icon={PeopleIcon}
      title={translate("guests.empty")}
      text={translate("guests.empty_text")}
      action={writes && <CreateButton variant="contained" label="guests.create" />}
    />
  );
}

function ImportButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button label="guests.import.open" onClick={() => setOpen(true)}>
        <UploadIcon />
      </Button>
      {open && (
        <Suspense>
          <ImportDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

export default function SubscriberList() {
  const writes = useMay("guests", "write");
  const readsHosts = useMay("hosts");
  return (
    <ListPage
      filters={[SEARCH, KIND, STATE, PLAN, ...(readsHosts ? [HOST] : [])]}
      filterDefaults={AT_FIRST}
      quiet={["voucher"]}
      creates={writes}
      actions={writes && <ImportButton />}
      sort={{ field: "created_at", order: "DESC" }}
      phone={PHONE}
      empty={<NoGuests />}
    >
      <DataTable.Col source="username" render={(record) => <Named subscriber={record as Subscriber} />} />
      <DataTable.Col source="disabled" disableSort render={(record) => <ConditionChip subscriber={record as Subscriber} />} />
      <DataTable.Col source="plan_id" disableSort>
        <ReferenceField source="plan_id" reference="plans" link={false} />
      </DataTable.Col>
      {readsHosts && (
        <DataTable.Col source="host_id" disableSort>
          <ReferenceField source="host_id" reference="hosts" link={false} empty="guests.of_isp" />
        </DataTable.Col>
      )}
      <DataTable.Col source="valid_until" disableSort render={(record) => <When at={(record as Subscriber).valid_until} />} />
      <DataTable.Col source="first_used_at" disableSort render={(record) => <When at={(record as Subscriber).first_used_at} />} />
      <DataTable.Col source="created_at" render={(record) => <When at={(record as Subscriber).created_at} />} />
    </ListPage>
  );
}

function Named({ subscriber }: { subscriber: Subscriber }) {
  return (
    <Typography component="span" variant="body2" dir="ltr" sx={{ fontWeight: 600 }}>
      {subscriber.username}
    </Typography>
  );
}
