/** Where alerts are told: e-mail addresses and webhooks. */
import CampaignIcon from "@mui/icons-material/CampaignOutlined";
import { CreateButton, DataTable, ReferenceField, useTranslate } from "react-admin";

import { ListPage } from "../shell/ListPage";
import { Message } from "../shell/Message";
import { StatusChip } from "../shell/StatusChip";
import { useMay } from "../shell/useMe";
import { AlertTabs } from "./AlertTabs";
import { targetOf } from "./channelWords";
import type { Channel } from "./words";

const PHONE = {
  primary: (record: unknown) => (record as Channel).name,
  secondary: (record: unknown) => <bdi>{targetOf(record as Channel)}</bdi>,
  end: (record: unknown) => <EnabledChip channel={record as Channel} />,
};

export function EnabledChip({ channel }: { channel: Channel }) {
  const translate = useTranslate();
  return <StatusChip tone={channel.enabled ? "good" : "off"} label={translate(channel.enabled ? "alerts.channel.on" : "alerts.channel.off")} />;
}

function NoChannels() {
  const translate = useTranslate();
  const creates = useMay("alerts", "write");
  return <Message icon={CampaignIcon} title={translate("alerts.channel.empty")} text={translate("alerts.channel.empty_text")} action={creates && <CreateButton variant="contained" />} />;
}

export default function ChannelList() {
  const translate = useTranslate();
  const creates = useMay("alerts", "write");
  return (
    <>
      <AlertTabs current="channels" />
      <ListPage creates={creates} sort={{ field: "created_at", order: "DESC" }} phone={PHONE} empty={<NoChannels />}>
        <DataTable.Col source="name" disableSort />
        <DataTable.Col source="kind" disableSort render={(record) => translate(`alerts.channel.kind.${(record as Channel).kind}`)} />
        <DataTable.Col source="target" disableSort render={(record) => <bdi>{targetOf(record as Channel)}</bdi>} />
        <DataTable.Col source="host_id" disableSort>
          <ReferenceField source="host_id" reference="hosts" link={false} empty="alerts.channel.every_host" />
        </DataTable.Col>
        <DataTable.Col source="min_severity" disableSort render={(record) => translate(`alerts.severity_from.${(record as Channel).min_severity}`)} />
        <DataTable.Col source="enabled" disableSort render={(record) => <EnabledChip channel={record as Channel} />} />
      </ListPage>
    </>
  );
}
