/** Sessions, live and past: who, on which router, how much, and why they ended. */
import WifiIcon from "@mui/icons-material/WifiOutlined";
import Typography from "@mui/material/Typography";
import { AutocompleteInput, ReferenceInput, SelectInput, useTranslate } from "react-admin";

import type { Session } from "../api/types";
import { bytes, duration } from "../i18n/formats";
import { InstantInput } from "../shell/InstantInput";
import { ListPage } from "../shell/ListPage";
import { Message } from "../shell/Message";
import { useMay } from "../shell/useMe";
import { When } from "../shell/When";
import { EndSession } from "./EndSession";
import { OnlineChip, SessionColumns } from "./SessionColumns";
import { useLiveSessions } from "./useLiveSessions";
import { CAUSES, endingInWords } from "./words";

function search(text: string): { search: string } {
  return { search: text };
}

const OPEN = (
  <SelectInput
    key="open"
    source="open"
    alwaysOn
    emptyText="app.any"
    choices={[
      { id: "true", name: "guests.session.open" },
      { id: "false", name: "guests.session.ended" },
    ]}
  />
);
const ROUTER = (
  <ReferenceInput key="router" source="router_id" reference="routers" alwaysOn>
    <AutocompleteInput filterToQuery={search} />
  </ReferenceInput>
);
const HOST = (
  <ReferenceInput key="host" source="host_id" reference="hosts">
    <AutocompleteInput filterToQuery={search} />
  </ReferenceInput>
);
const FROM = <InstantInput key="from" source="from" />;
const TO = <InstantInput key="to" source="to" />;

const PHONE = {
  primary: (record: unknown) => (record as Session).username,
  secondary: (record: unknown) => <PhoneLine session={record as Session} />,
  end: (record: unknown) => <OnlineChip session={record as Session} />,
};

function PhoneLine({ session }: { session: Session }) {
  const translate = useTranslate();
  return (
    <>
      <When at={session.started_at} relative /> · {duration(session.session_time_s)} · {bytes(session.down_bytes + session.up_bytes)}
      <Typography component="span" variant="body2" sx={{ display: "block" }}>
        {session.ended_at ? endingInWords(translate, session) : <EndSession session={session} />}
      </Typography>
    </>
  );
}

export default function SessionList() {
  const translate = useTranslate();
  const readsHosts = useMay("hosts");
  const causes = CAUSES.map((id) => ({ id, name: translate(`guests.cause.${id}`) }));
  const filters = [OPEN, ROUTER, ...(readsHosts ? [HOST] : []), FROM, TO, <SelectInput key="cause" source="terminate_cause" choices={causes} />];
  useLiveSessions();
  return (
    <ListPage
      filters={filters}
      sort={{ field: "id", order: "DESC" }}
      phone={PHONE}
      row={false}
      empty={<Message icon={WifiIcon} title={translate("guests.session.empty")} text={translate("guests.session.empty_text")} />}
    >
      <SessionColumns />
    </ListPage>
  );
}
