/** A router's alerts, open and past, on its page. */
import CheckIcon from "@mui/icons-material/CheckCircleOutlined";
import { DataTable, ListBase, Pagination, useTranslate } from "react-admin";

import type { Router } from "../api/types";
import { Message } from "../shell/Message";
import { useLiveList } from "../shell/useLiveList";
import { Wide } from "../shell/Wide";
import { Acknowledge } from "./Acknowledge";
import { SeverityChip, Span, StateChip, What } from "./Parts";
import type { Alert } from "./words";

export default function RouterAlerts({ router }: { router: Router }) {
  const translate = useTranslate();
  useLiveList("alerts");
  return (
    <ListBase resource="alerts" filter={{ router_id: router.id }} sort={{ field: "raised_at", order: "DESC" }} perPage={25} disableSyncWithLocation>
      <Wide label={translate("resources.alerts.name", { smart_count: 2 })}>
        <DataTable bulkActionButtons={false} rowClick="show" size="small" empty={<Message icon={CheckIcon} title={translate("alerts.none_of_router")} />}>
          <DataTable.Col source="severity" disableSort render={(record) => <SeverityChip alert={record as Alert} />} />
          <DataTable.Col source="kind" disableSort render={(record) => <What alert={record as Alert} subject="none" />} />
          <DataTable.Col source="raised_at" disableSort render={(record) => <Span alert={record as Alert} />} />
          <DataTable.Col source="state" disableSort render={(record) => <StateChip alert={record as Alert} />} />
          <DataTable.Col source="note" disableSort />
          <DataTable.Col label={false} source="id" disableSort render={(record) => <Acknowledge alert={record as Alert} />} />
        </DataTable>
      </Wide>
      <Pagination />
    </ListBase>
  );
}
