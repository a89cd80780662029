/** A guest's logins of the last 30 days, and why some were refused. */
import { DataTable, ListBase, Pagination, useTranslate } from "react-admin";

import { Message } from "../shell/Message";
import { AttemptColumns } from "./AttemptColumns";
import type { TabProps } from "./SubscriberShow";
import { Wide } from "../shell/Wide";

const NEWEST_FIRST = { field: "id", order: "DESC" } as const;

export default function AttemptsTab({ subscriber }: TabProps) {
  const translate = useTranslate();
  return (
    <ListBase resource="login-attempts" filter={{ username: subscriber.username }} sort={NEWEST_FIRST} perPage={25} disableSyncWithLocation>
      <Wide label={translate("guests.tab.logins")}>
        <DataTable bulkActionButtons={false} rowClick={false} size="small" empty={<Message title={translate("guests.attempt.empty")} text={translate("guests.attempt.empty_text")} />}>
          <AttemptColumns ofOne />
        </DataTable>
      </Wide>
      <Pagination />
    </ListBase>
  );
}
