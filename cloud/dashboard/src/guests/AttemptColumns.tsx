/** What every list of logins shows, inside its `<DataTable>`: who asked where, and why it was refused, in words. */
import Typography from "@mui/material/Typography";
import { DataTable, ReferenceField, useTranslate } from "react-admin";

import { StatusChip } from "../shell/StatusChip";
import { When } from "../shell/When";
import { GuestLink } from "./SessionColumns";
import { type Attempt, outcomeInWords } from "./words";

export function AttemptColumns({ ofOne = false }: { ofOne?: boolean }) {
  return (
    <>
      <DataTable.Col source="at" disableSort render={(record) => <When at={(record as Attempt).at} />} />
      {!ofOne && <DataTable.Col source="username" disableSort render={(record) => <GuestLink name={(record as Attempt).username} id={(record as Attempt).subscriber_id} />} />}
      <DataTable.Col source="outcome" disableSort render={(record) => <Outcome attempt={record as Attempt} />} />
      <DataTable.Col source="reason" disableSort render={(record) => <Reason attempt={record as Attempt} />} />
      <DataTable.Col source="router_id" disableSort>
        <ReferenceField source="router_id" reference="routers" link="show" />
      </DataTable.Col>
      <DataTable.Col source="calling_station_id" disableSort render={(record) => <span dir="ltr">{(record as Attempt).calling_station_id || "–"}</span>} />
    </>
  );
}

export function Outcome({ attempt }: { attempt: Attempt }) {
  const translate = useTranslate();
  return <StatusChip tone={attempt.outcome === "accepted" ? "good" : "bad"} label={outcomeInWords(translate, attempt.outcome)} />;
}

/** With dates and counts, as the API wrote it down at the time: in English. */
export function Reason({ attempt }: { attempt: Attempt }) {
  return (
    <Typography component="span" variant="body2" lang="en" dir="auto">
      {attempt.reason}
    </Typography>
  );
}
