/** What was told over a channel, and what the receiver answered; read again while something is on its way. */
import { DataTable, ListBase, Pagination, useTranslate } from "react-admin";

import type { Records } from "../api/resources";
import { Message } from "../shell/Message";
import { StatusChip, type Tone } from "../shell/StatusChip";
import { When } from "../shell/When";
import { Wide } from "../shell/Wide";
import type { Channel } from "./words";

type Delivery = Records["alert-deliveries"];
const TONES: Record<Delivery["state"], Tone> = { pending: "busy", delivered: "good", failed: "bad" };
const LOOK_MS = 3_000;

export function Deliveries({ channel }: { channel: Channel }) {
  const translate = useTranslate();
  return (
    <ListBase resource="alert-deliveries" filter={{ channel_id: channel.id }} sort={{ field: "created_at", order: "DESC" }} perPage={25} disableSyncWithLocation queryOptions={{ refetchInterval: LOOK_MS }}>
      <Wide label={translate("alerts.delivery.title")}>
        <DataTable bulkActionButtons={false} rowClick={false} size="small" empty={<Message title={translate("alerts.delivery.empty")} />}>
          <DataTable.Col source="created_at" disableSort render={(record) => <When at={(record as Delivery).created_at} />} />
          <DataTable.Col source="event" disableSort render={(record) => translate(`alerts.delivery.event.${(record as Delivery).event}`)} />
          <DataTable.Col source="state" disableSort render={(record) => <State delivery={record as Delivery} />} />
          <DataTable.Col source="attempts" disableSort align="right" />
          <DataTable.Col source="attempted_at" disableSort render={(record) => <When at={(record as Delivery).attempted_at} relative />} />
          <DataTable.Col source="answer" disableSort render={(record) => <bdi>{(record as Delivery).answer ?? "–"}</bdi>} />
        </DataTable>
      </Wide>
      <Pagination />
    </ListBase>
  );
}

function State({ delivery }: { delivery: Delivery }) {
  const translate = useTranslate();
  return (
    <>
      <StatusChip tone={TONES[delivery.state]} label={translate(`alerts.delivery.state.${delivery.state}`)} />
      {delivery.state === "pending" && delivery.attempts > 0 && (
        <>
          {" "}
          {translate("alerts.delivery.again")} <When at={delivery.next_attempt_at} relative />
        </>
      )}
    </>
  );
}
