/** What every list of sessions shows, inside its `<DataTable>`. */
import Link from "@mui/material/Link";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { DataTable, ReferenceField, useTranslate } from "react-admin";
import { Link as RouterLink } from "react-router-dom";

import type { Session } from "../api/types";
import { bytes, duration } from "../i18n/formats";
import { StatusChip } from "../shell/StatusChip";
import { When } from "../shell/When";
import { EndSession } from "./EndSession";
import type { Enforcement } from "./proof";
import { endingInWords } from "./words";

interface Props {
  /** Without the guest: on a guest's own page. */
  ofOne?: boolean;
  /** How far ending open sessions got, by session. */
  known?: ReadonlyMap<string, Enforcement>;
}

export function SessionColumns({ ofOne = false, known }: Props) {
  return (
    <>
      {!ofOne && <DataTable.Col source="username" disableSort render={(record) => <GuestLink name={(record as Session).username} id={(record as Session).subscriber_id} />} />}
      <DataTable.Col source="router_id" disableSort>
        <ReferenceField source="router_id" reference="routers" link="show" />
      </DataTable.Col>
      <DataTable.Col source="calling_station_id" disableSort render={(record) => <Device session={record as Session} />} />
      <DataTable.Col source="started_at" disableSort render={(record) => <When at={(record as Session).started_at} />} />
      <DataTable.Col source="session_time_s" align="right" disableSort render={(record) => <Whole>{duration((record as Session).session_time_s)}</Whole>} />
      <DataTable.Col source="down_bytes" align="right" disableSort render={(record) => <Whole>{bytes((record as Session).down_bytes)}</Whole>} />
      <DataTable.Col source="up_bytes" align="right" disableSort render={(record) => <Whole>{bytes((record as Session).up_bytes)}</Whole>} />
      <DataTable.Col source="ending" disableSort render={(record) => <Ending session={record as Session} known={known?.get(String(record.id)) ?? null} />} />
    </>
  );
}

/** What is read as one, on one line. */
function Whole({ children }: { children: ReactNode }) {
  return <span style={{ whiteSpace: "nowrap" }}>{children}</span>;
}

/** By its MAC address, and the IP address it has here where that is known. */
function Device({ session }: { session: Session }) {
  return (
    <Typography component="span" variant="body2" dir="ltr" sx={{ whiteSpace: "nowrap" }}>
      {session.calling_station_id || "–"}
      {session.framed_ip && (
        <Typography component="span" variant="caption" color="textSecondary" sx={{ display: "block" }}>
          {session.framed_ip}
        </Typography>
      )}
    </Typography>
  );
}

export function GuestLink({ name, id }: { name: string; id: string | null }) {
  if (id === null) return <span dir="ltr">{name}</span>;
  return (
    <Link component={RouterLink} to={`/subscribers/${id}/show`} onClick={(event) => event.stopPropagation()} dir="ltr" sx={{ whiteSpace: "nowrap" }}>
      {name}
    </Link>
  );
}

/** Open ones can be ended; of ended ones, when and why. */
export function Ending({ session, known = null }: { session: Session; known?: Enforcement | null }) {
  const translate = useTranslate();
  if (!session.ended_at) return <EndSession session={session} known={known} />;
  return (
    <>
      <When at={session.ended_at} />
      {" · "}
      {endingInWords(translate, session)}
    </>
  );
}

export function OnlineChip({ session }: { session: Session }) {
  const translate = useTranslate();
  return session.ended_at ? <StatusChip tone="off" label={translate("guests.session.ended")} /> : <StatusChip tone="good" label={translate("guests.session.open")} />;
}
