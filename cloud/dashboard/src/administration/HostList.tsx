/** The venues. A Host has one and goes straight to it. */
import StoreIcon from "@mui/icons-material/StorefrontOutlined";
import { CreateButton, DataTable, SearchInput, useTranslate } from "react-admin";
import { Navigate } from "react-router-dom";

import type { Host } from "../api/types";
import { ListPage } from "../shell/ListPage";
import { Message } from "../shell/Message";
import { useMay, useMe } from "../shell/useMe";
import { When } from "../shell/When";
import { HostChip } from "./HostChip";

const FILTERS = [<SearchInput key="search" source="search" alwaysOn resettable />];

const PHONE = {
  primary: (record: unknown) => (record as Host).name,
  secondary: (record: unknown) => (record as Host).contact_name ?? (record as Host).timezone,
  end: (record: unknown) => <HostChip host={record as Host} />,
};

function NoHosts() {
  const translate = useTranslate();
  const creates = useMay("settings", "write");
  return (
    <Message
      icon={StoreIcon}
      title={translate("administration.host.empty")}
      text={translate("administration.host.empty_text")}
      action={creates && <CreateButton variant="contained" />}
    />
  );
}

export default function HostList() {
  const me = useMe();
  const creates = useMay("settings", "write");
  if (me?.host_id) return <Navigate to={`/hosts/${me.host_id}/show`} replace />;
  return (
    <ListPage filters={FILTERS} creates={creates} sort={{ field: "name", order: "ASC" }} phone={PHONE} empty={<NoHosts />}>
      <DataTable.Col source="name" />
      <DataTable.Col source="suspended_at" disableSort render={(record) => <HostChip host={record as Host} />} />
      <DataTable.Col source="contact_name" disableSort />
      <DataTable.Col source="contact_email" disableSort />
      <DataTable.Col source="timezone" disableSort />
      <DataTable.Col source="currency" disableSort />
      <DataTable.Col source="created_at" render={(record) => <When at={(record as Host).created_at} />} />
    </ListPage>
  );
}
