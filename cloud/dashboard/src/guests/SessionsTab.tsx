/** A guest's sessions, newest first. */
import { DataTable, ListBase, Pagination, useTranslate } from "react-admin";

import { Message } from "../shell/Message";
import { SessionColumns } from "./SessionColumns";
import type { TabProps } from "./SubscriberShow";
import { useLiveSessions } from "./useLiveSessions";
import { Wide } from "../shell/Wide";

const NEWEST_FIRST = { field: "id", order: "DESC" } as const;

export default function SessionsTab({ subscriber }: TabProps) {
  const translate = useTranslate();
  useLiveSessions();
  return (
    <ListBase resource="sessions" filter={{ subscriber_id: subscriber.id }} sort={NEWEST_FIRST} perPage={25} disableSyncWithLocation>
      <Wide label={translate("guests.tab.sessions")}>
        <DataTable bulkActionButtons={false} rowClick={false} size="small" empty={<Message title={translate("guests.session.empty")} />}>
          <SessionColumns ofOne />
        </DataTable>
      </Wide>
      <Pagination />
    </ListBase>
  );
}
