/** The plans: what each gives, what it costs, whose it is. */
import SellIcon from "@mui/icons-material/SellOutlined";
import Typography from "@mui/material/Typography";
import { AutocompleteInput, CreateButton, DataTable, ReferenceField, ReferenceInput, SearchInput, useTranslate } from "react-admin";

import { ListPage } from "../shell/ListPage";
import { Message } from "../shell/Message";
import { StatusChip } from "../shell/StatusChip";
import { useMay } from "../shell/useMe";
import { devicesInWords, type Plan, priceInWords, speedInWords, validityInWords, volumeInWords } from "./planWords";

const SEARCH = <SearchInput key="search" source="search" alwaysOn resettable />;
const HOST = (
  <ReferenceInput key="host" source="host_id" reference="hosts">
    <AutocompleteInput filterToQuery={(search: string) => ({ search })} />
  </ReferenceInput>
);
type Words = typeof volumeInWords;

const PHONE = {
  primary: (record: unknown) => (record as Plan).name,
  secondary: (record: unknown) => <Said plan={record as Plan} words={volumeInWords} />,
  end: (record: unknown) => <Said plan={record as Plan} words={priceInWords} />,
};

function Said({ plan, words }: { plan: Plan; words: Words }) {
  const translate = useTranslate();
  return <>{words(translate, plan)}</>;
}

function NoPlans() {
  const translate = useTranslate();
  const writes = useMay("plans", "write");
  return (
    <Message
      icon={SellIcon}
      title={translate("guests.plan.empty")}
      text={translate("guests.plan.empty_text")}
      action={writes && <CreateButton variant="contained" label="guests.plan.create" />}
    />
  );
}

export default function PlanList() {
  const writes = useMay("plans", "write");
  const readsHosts = useMay("hosts");
  return (
    <ListPage filters={readsHosts ? [SEARCH, HOST] : [SEARCH]} creates={writes} sort={{ field: "name", order: "ASC" }} phone={PHONE} empty={<NoPlans />}>
      <DataTable.Col source="name" render={(record) => <Named plan={record as Plan} />} />
      <DataTable.Col source="quota_bytes" disableSort render={(record) => <Said plan={record as Plan} words={volumeInWords} />} />
      <DataTable.Col source="speed" disableSort render={(record) => <Said plan={record as Plan} words={speedInWords} />} />
      <DataTable.Col source="max_sessions" disableSort render={(record) => <Said plan={record as Plan} words={devicesInWords} />} />
      <DataTable.Col source="validity" disableSort render={(record) => <Said plan={record as Plan} words={validityInWords} />} />
      <DataTable.Col source="price_minor" align="right" disableSort render={(record) => <Said plan={record as Plan} words={priceInWords} />} />
      {readsHosts && (
        <DataTable.Col source="host_id" disableSort>
          <ReferenceField source="host_id" reference="hosts" link={false} empty="guests.plan.of_isp" />
        </DataTable.Col>
      )}
    </ListPage>
  );
}

function Named({ plan }: { plan: Plan }) {
  const translate = useTranslate();
  return (
    <>
      <Typography component="span" variant="body2" sx={{ fontWeight: 600, marginInlineEnd: 1 }}>
        {plan.name}
      </Typography>
      {plan.is_default && <StatusChip tone="good" label={translate("guests.plan.default")} />}
    </>
  );
}
