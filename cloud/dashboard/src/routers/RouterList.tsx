/** The fleet: search, filters in the address, what each router says of itself, and commands to many at once. */
import RouterIcon from "@mui/icons-material/RouterOutlined";
import Typography from "@mui/material/Typography";
import {
  CreateButton,
  DataTable,
  ReferenceField,
  ReferenceInput,
  SearchInput,
  SelectInput,
  AutocompleteInput,
  useTranslate,
} from "react-admin";

import type { Router } from "../api/types";
import { bytes, percent, rate } from "../i18n/formats";
import { ListPage } from "../shell/ListPage";
import { Message } from "../shell/Message";
import { useMay } from "../shell/useMe";
import { When } from "../shell/When";
import { BulkCommands } from "./BulkCommands";
import { ConditionChip } from "./ConditionChip";
import { NAS_KINDS } from "./kinds";
import { guestsOf, throughputOf, usedPercent } from "./latest";
import { useLiveList } from "../shell/useLiveList";

const FILTERS = [
  <SearchInput key="search" source="search" alwaysOn resettable />,
  <SelectInput
    key="online"
    source="online"
    alwaysOn
    emptyText="app.any"
    choices={[
      { id: "true", name: "routers.condition.online" },
      { id: "false", name: "routers.condition.offline" },
    ]}
  />,
  <SelectInput key="attention" source="attention" choices={[{ id: "true", name: "routers.condition.attention" }]} />,
  <ReferenceInput key="host" source="host_id" reference="hosts">
    <AutocompleteInput filterToQuery={(search: string) => ({ search })} />
  </ReferenceInput>,
  <SelectInput key="kind" source="nas_kind" choices={NAS_KINDS} />,
];

const PHONE = {
  primary: (record: unknown) => (record as Router).name,
  secondary: (record: unknown) => <Seen router={record as Router} />,
  end: (record: unknown) => <ConditionChip router={record as Router} />,
};

function Seen({ router }: { router: Router }) {
  const at = router.online ? router.online_changed_at : router.last_seen_at;
  return at ? <When at={at} relative /> : <>–</>;
}

function NoRouters() {
  const translate = useTranslate();
  const writes = useMay("routers", "write");
  return (
    <Message
      icon={RouterIcon}
      title={translate("routers.empty.title")}
      text={translate("routers.empty.text")}
      action={writes && <CreateButton variant="contained" label="routers.create" />}
    />
  );
}

export default function RouterList() {
  const writes = useMay("routers", "write");
  useLiveList("routers");
  return (
    <ListPage filters={FILTERS} creates={writes} sort={{ field: "name", order: "ASC" }} phone={PHONE} bulk={writes ? <BulkCommands /> : false} empty={<NoRouters />}>
      <DataTable.Col source="name" render={(record) => <Named router={record as Router} />} />
      <DataTable.Col source="online" disableSort render={(record) => <ConditionChip router={record as Router} />} />
      <DataTable.Col source="last_seen_at" disableSort render={(record) => <Seen router={record as Router} />} />
      <DataTable.Col source="host_id" disableSort>
        <ReferenceField source="host_id" reference="hosts" link={false} />
      </DataTable.Col>
      <DataTable.Col align="right" source="clients" disableSort render={(record) => guestsOf((record as Router).latest_sample) ?? "–"} />
      <DataTable.Col align="right" source="throughput" disableSort render={(record) => rate(throughputOf((record as Router).latest_sample))} />
      <DataTable.Col align="right" source="cpu" disableSort render={(record) => percent((record as Router).latest_sample?.cpu_percent)} />
      <DataTable.Col align="right" source="memory" disableSort render={(record) => <Memory router={record as Router} />} />
      <DataTable.Col source="nas_kind" disableSort render={(record) => <Kind kind={(record as Router).nas_kind} />} />
      <DataTable.Col source="agent.agent_version" disableSort />
    </ListPage>
  );
}

function Named({ router }: { router: Router }) {
  return (
    <>
      <Typography component="span" variant="body2" sx={{ fontWeight: 600 }}>
        {router.name}
      </Typography>
      {router.agent?.model && (
        <Typography component="span" variant="caption" color="textSecondary" sx={{ display: "block" }}>
          {router.agent.model}
        </Typography>
      )}
    </>
  );
}

function Memory({ router }: { router: Router }) {
  const sample = router.latest_sample;
  const used = usedPercent(sample?.memory_total_bytes, sample?.memory_available_bytes);
  return <span title={bytes(sample?.memory_total_bytes)}>{percent(used)}</span>;
}

function Kind({ kind }: { kind: Router["nas_kind"] }) {
  const translate = useTranslate();
  return <>{translate(`routers.kind.${kind}`)}</>;
}
