/** What is wrong, and what was: open ones first seen, past ones a click away. Moves as alerts come and go. */
import CheckIcon from "@mui/icons-material/CheckCircleOutlined";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import type { ComponentType } from "react";
import { AutocompleteInput, DataTable, ReferenceField, ReferenceInput, SelectInput, useListContext, useTranslate } from "react-admin";

import { ListPage } from "../shell/ListPage";
import { Message } from "../shell/Message";
import { useLiveList } from "../shell/useLiveList";
import { useMay, useMe } from "../shell/useMe";
import { Acknowledge } from "./Acknowledge";
import { AlertTabs } from "./AlertTabs";
import { type Choice, CHOICES, choiceOf, OPEN } from "./choices";
import { SeverityChip, Span, StateChip, What } from "./Parts";
import { type Alert, kindChoices, SEVERITIES } from "./words";

/** Open, not looked after, past, all; in the address as the filters `open` and `state`. */
const Which: ComponentType<{ source: string; alwaysOn?: boolean }> = () => {
  const translate = useTranslate();
  const { filterValues, setFilters } = useListContext() as { filterValues: Record<string, unknown>; setFilters: (filters: object) => void };
  const choose = (choice: Choice | null) => {
    if (choice === null) return;
    const others = Object.entries(filterValues).filter(([name]) => name !== "open" && name !== "state");
    setFilters({ ...Object.fromEntries(others), ...CHOICES[choice] });
  };
  return (
    <ToggleButtonGroup exclusive size="small" value={choiceOf(filterValues)} onChange={(_event, choice: Choice | null) => choose(choice)} aria-label={translate("resources.alerts.fields.state")} sx={{ flexWrap: "wrap", marginBlockEnd: 1 }}>
      {(Object.keys(CHOICES) as Choice[]).map((choice) => (
        <ToggleButton key={choice} value={choice} sx={{ textTransform: "none", paddingInline: 1.5, color: "text.secondary" }}>
          {translate(`alerts.which.${choice}`)}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
};

const PHONE = {
  primary: (record: unknown) => <What alert={record as Alert} subject="name" />,
  secondary: (record: unknown) => <Span alert={record as Alert} />,
  end: (record: unknown) => <SeverityChip alert={record as Alert} />,
};

function useFilters() {
  const me = useMe();
  const hosts = useMay("hosts") && !me?.host_id;
  return [
    <Which key="which" source="which" alwaysOn />,
    <SelectInput key="severity" source="severity" alwaysOn emptyText="app.any" choices={SEVERITIES.map((id) => ({ id, name: `alerts.severity.${id}` }))} />,
    <SelectInput key="kind" source="kind" choices={kindChoices(me)} />,
    ...(hosts
      ? [
          <ReferenceInput key="host" source="host_id" reference="hosts">
            <AutocompleteInput filterToQuery={(search: string) => ({ search })} />
          </ReferenceInput>,
        ]
      : []),
    <ReferenceInput key="router" source="router_id" reference="routers">
      <AutocompleteInput filterToQuery={(search: string) => ({ search })} />
    </ReferenceInput>,
  ];
}

function NoAlerts() {
  const translate = useTranslate();
  return <Message icon={CheckIcon} title={translate("alerts.empty")} text={translate("alerts.empty_text")} />;
}

export default function AlertList() {
  const filters = useFilters();
  useLiveList("alerts");
  return (
    <>
      <AlertTabs current="alerts" />
      <ListPage filters={filters} filterDefaults={OPEN} quiet={["open"]} sort={{ field: "raised_at", order: "DESC" }} phone={PHONE} empty={<NoAlerts />}>
        <DataTable.Col source="severity" disableSort render={(record) => <SeverityChip alert={record as Alert} />} />
        <DataTable.Col source="kind" disableSort render={(record) => <What alert={record as Alert} />} />
        <DataTable.Col source="host_id" disableSort>
          <ReferenceField source="host_id" reference="hosts" link={false} />
        </DataTable.Col>
        <DataTable.Col source="raised_at" render={(record) => <Span alert={record as Alert} />} />
        <DataTable.Col source="state" disableSort render={(record) => <StateChip alert={record as Alert} />} />
        <DataTable.Col source="note" disableSort />
        <DataTable.Col label={false} source="id" disableSort render={(record) => <Acknowledge alert={record as Alert} />} />
      </ListPage>
    </>
  );
}
