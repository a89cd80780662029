/** Who may sign in here, as what, and for which hosts. */
import { AutocompleteInput, DataTable, ReferenceArrayField, ReferenceField, ReferenceInput, SelectInput, SingleFieldList, ChipField, useTranslate } from "react-admin";

import type { Schemas } from "../api/types";
import { ListPage } from "../shell/ListPage";
import { StatusChip } from "../shell/StatusChip";
import { useMay } from "../shell/useMe";
import { When } from "../shell/When";
import { ROLES } from "./roles";

type Account = Schemas["StaffAccountOut"];

const FILTERS = [
  <SelectInput key="role" source="role" choices={ROLES} alwaysOn emptyText="app.any" />,
  <ReferenceInput key="host" source="host_id" reference="hosts">
    <AutocompleteInput filterToQuery={(search: string) => ({ search })} />
  </ReferenceInput>,
];

const PHONE = {
  primary: (record: unknown) => (record as Account).email,
  secondary: (record: unknown) => <RoleName role={(record as Account).role} />,
  end: (record: unknown) => <AccountChip account={record as Account} />,
};

export function RoleName({ role }: { role: Account["role"] }) {
  const translate = useTranslate();
  return <>{translate(`administration.role.${role}`)}</>;
}

export function AccountChip({ account }: { account: Pick<Account, "disabled_at"> }) {
  const translate = useTranslate();
  if (account.disabled_at) return <StatusChip tone="off" label={translate("administration.staff.disabled")} />;
  return <StatusChip tone="good" label={translate("administration.staff.active")} />;
}

/** The hosts of a Host or a Technician; everyone else sees all. */
export function HostsOf({ account }: { account: Account }) {
  const translate = useTranslate();
  if (account.role === "host") return <ReferenceField record={account} source="host_id" reference="hosts" />;
  if (account.role !== "technician") return <>{translate("administration.staff.every_host")}</>;
  if (account.host_ids.length === 0) return <>{translate("administration.staff.no_host")}</>;
  return (
    <ReferenceArrayField record={account} source="host_ids" reference="hosts">
      <SingleFieldList linkType={false}>
        <ChipField source="name" size="small" />
      </SingleFieldList>
    </ReferenceArrayField>
  );
}

export default function StaffList() {
  const writes = useMay("staff", "write");
  return (
    <ListPage filters={FILTERS} creates={writes} phone={PHONE} row="edit">
      <DataTable.Col source="email" />
      <DataTable.Col source="role" disableSort render={(record) => <RoleName role={(record as Account).role} />} />
      <DataTable.Col source="host_ids" disableSort render={(record) => <HostsOf account={record as Account} />} />
      <DataTable.Col source="disabled_at" disableSort render={(record) => <AccountChip account={record as Account} />} />
      <DataTable.Col source="created_at" render={(record) => <When at={(record as Account).created_at} />} />
    </ListPage>
  );
}
