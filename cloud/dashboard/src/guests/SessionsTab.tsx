/** A guest's sessions, newest first. */
import Box from "@mui/material/Box";
import { DataTable, ListBase, Pagination, useTranslate } from "react-admin";

import { Message } from "../shell/Message";
import { SessionColumns } from "./SessionColumns";
import type { TabProps } from "./SubscriberShow";
import { useLiveSessions } from "./useLiveSessions";

const NEWEST_FIRST = { field: "id", order: "DESC" } as const;

export default function SessionsTab({ subscriber }: TabProps) {
  const translate = useTranslate();
  useLiveSessions();
  return (
    <ListBase resource="sessions" filter={{ subscriber_id: subscriber.id }} sort={NEWEST_FIRST} perPage={25} disableSyncWithLocation>
      <Box sx={{ overflowX: "auto" }}>
        <DataTable bulkActionButtons={false} rowClick={false} size="small" empty={<Message title={translate("guests.session.empty")} />}>
          <SessionColumns ofOne />
        </DataTable>
      </Box>
      <Pagination />
    </ListBase>
  );
}
