/** One channel: what it tells, a test of it, and the log of what was told. */
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import Button from "@mui/material/Button";
import { useQueryClient } from "@tanstack/react-query";
import { EditButton, Loading, ReferenceField, ShowBase, Title, useRecordContext, useTranslate } from "react-admin";

import { api } from "../api/client";
import { Facts, Section } from "../shell/Section";
import { useDoing } from "../shell/useDoing";
import { useMay } from "../shell/useMe";
import { When } from "../shell/When";
import { AlertTabs } from "./AlertTabs";
import { EnabledChip } from "./ChannelList";
import { targetOf } from "./channelWords";
import { Deliveries } from "./Deliveries";
import type { Channel } from "./words";

export default function ChannelShow() {
  return (
    <>
      <AlertTabs current="channels" />
      <ShowBase queryOptions={{ staleTime: 0 }}>
        <Shown />
      </ShowBase>
    </>
  );
}

function Shown() {
  const translate = useTranslate();
  const channel = useRecordContext<Channel>();
  const writes = useMay("alerts", "write");
  if (!channel) return <Loading />;
  return (
    <Stack spacing={2} sx={{ marginBlockStart: 2 }}>
      <Title title={channel.name} />
      <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
        <Typography variant="h2">{channel.name}</Typography>
        <EnabledChip channel={channel} />
        <Box sx={{ flex: 1 }} />
        {writes && <TestButton channel={channel} />}
        {writes && <EditButton />}
      </Stack>
      <Section title={translate(`alerts.channel.kind.${channel.kind}`)}>
        <About channel={channel} />
      </Section>
      <Card sx={{ padding: 2 }}>
        <Typography variant="h2" gutterBottom>
          {translate("alerts.delivery.title")}
        </Typography>
        <Deliveries channel={channel} />
      </Card>
    </Stack>
  );
}

function About({ channel }: { channel: Channel }) {
  const translate = useTranslate();
  const named = (field: string) => translate(`resources.alert-channels.fields.${field}`);
  const kinds = channel.alert_kinds?.map((kind) => translate(`alerts.kind.${kind}`, { _: kind }));
  const rows: [string, React.ReactNode][] = [
    [named("target"), <bdi key="target">{targetOf(channel)}</bdi>],
    [named("host_id"), <ReferenceField key="host" source="host_id" reference="hosts" link={false} empty="alerts.channel.every_host" />],
    [named("min_severity"), translate(`alerts.severity_from.${channel.min_severity}`)],
    [named("alert_kinds"), kinds?.join(", ") ?? translate("alerts.channel.every_kind")],
    [named("created_at"), <When key="at" at={channel.created_at} />],
  ];
  return <Facts rows={rows} />;
}

function TestButton({ channel }: { channel: Channel }) {
  const translate = useTranslate();
  const queries = useQueryClient();
  const { busy, run } = useDoing();
  const order = async () => {
    await api.POST("/api/v1/alert-channels/{channel_id}/test", { params: { path: { channel_id: channel.id } } });
    await queries.invalidateQueries({ queryKey: ["alert-deliveries"] });
  };
  return (
    <Button variant="outlined" loading={busy} onClick={() => void run(order, "alerts.channel.test_ordered")}>
      {translate("alerts.channel.test")}
    </Button>
  );
}
