/** Volume given on top of the plan's, by whom and for how much. */
import { DataTable, ListBase, Pagination, ReferenceField, TextField, useTranslate } from "react-admin";

import type { Schemas } from "../api/types";
import { bytes, money } from "../i18n/formats";
import { Message } from "../shell/Message";
import { useMay } from "../shell/useMe";
import { When } from "../shell/When";
import type { TabProps } from "./SubscriberShow";
import { Wide } from "../shell/Wide";

type TopUp = Schemas["TopUpOut"];

export default function TopUpsTab({ subscriber }: TabProps) {
  const translate = useTranslate();
  const readsStaff = useMay("staff");
  return (
    <ListBase resource="top-ups" filter={{ subscriber_id: subscriber.id }} perPage={25} disableSyncWithLocation>
      <Wide label={translate("guests.tab.top_ups")}>
        <DataTable bulkActionButtons={false} rowClick={false} size="small" empty={<Message title={translate("guests.top_up.empty")} text={translate("guests.top_up.text")} />}>
          <DataTable.Col source="created_at" disableSort render={(record) => <When at={(record as TopUp).created_at} />} />
          <DataTable.Col source="bytes" align="right" disableSort render={(record) => bytes((record as TopUp).bytes)} />
          <DataTable.Col source="price_minor" align="right" disableSort render={(record) => money((record as TopUp).price_minor, (record as TopUp).currency)} />
          <DataTable.Col source="until" disableSort render={(record) => <Until topUp={record as TopUp} />} />
          {readsStaff && (
            <DataTable.Col source="account_id" disableSort>
              <ReferenceField source="account_id" reference="staff" link={false} empty="–">
                <TextField source="email" />
              </ReferenceField>
            </DataTable.Col>
          )}
          <DataTable.Col source="note" disableSort />
        </DataTable>
      </Wide>
      <Pagination />
    </ListBase>
  );
}

function Until({ topUp }: { topUp: TopUp }) {
  const translate = useTranslate();
  return topUp.until ? <When at={topUp.until} /> : <>{translate("guests.top_up.until_used")}</>;
}
