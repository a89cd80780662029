/** One alert: what, since when, by which limit, who looks after it. */
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Loading, ReferenceField, ShowBase, Title, useRecordContext, useTranslate } from "react-admin";

import { useLiveList } from "../shell/useLiveList";
import { Facts, Section } from "../shell/Section";
import { useMay } from "../shell/useMe";
import { When } from "../shell/When";
import { Acknowledge } from "./Acknowledge";
import { AlertTabs } from "./AlertTabs";
import { SeverityChip, StateChip, Subject } from "./Parts";
import { type Alert, figureInWords, whatInWords } from "./words";

export default function AlertShow() {
  useLiveList("alerts");
  return (
    <>
      <AlertTabs current="alerts" />
      <ShowBase>
        <Shown />
      </ShowBase>
    </>
  );
}

function Shown() {
  const translate = useTranslate();
  const alert = useRecordContext<Alert>();
  if (!alert) return <Loading />;
  return (
    <Stack spacing={2} sx={{ maxWidth: 900 }}>
      <Title title={translate(`alerts.kind.${alert.kind}`, { _: alert.kind })} />
      <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
        <Typography variant="h2">{whatInWords(translate, alert)}</Typography>
        <SeverityChip alert={alert} />
        <StateChip alert={alert} />
        <Box sx={{ flex: 1 }} />
        <Acknowledge alert={alert} variant="contained" />
      </Stack>
      <Section title={translate("alerts.facts")} text={translate(`alerts.advice.${alert.kind}`, { _: "" })}>
        <About alert={alert} />
      </Section>
    </Stack>
  );
}

function About({ alert }: { alert: Alert }) {
  const translate = useTranslate();
  const reads = useMay("staff");
  const named = (field: string) => translate(`resources.alerts.fields.${field}`);
  const threshold = figureInWords(alert.threshold, alert.unit);
  const by = alert.acknowledged_by && reads && <ReferenceField source="acknowledged_by" reference="staff" link={false} />;
  const rows: [string, React.ReactNode][] = [
    [named("subject_id"), <Subject key="subject" alert={alert} />],
    ...(alert.host_id ? [[named("host_id"), <ReferenceField key="host" source="host_id" reference="hosts" link="show" />] as [string, React.ReactNode]] : []),
    ...(threshold ? [[named("threshold"), threshold] as [string, React.ReactNode]] : []),
    [named("raised_at"), <When key="raised" at={alert.raised_at} />],
    [
      named("acknowledged_at"),
      alert.acknowledged_at && (
        <>
          <When at={alert.acknowledged_at} /> {by}
        </>
      ),
    ],
    [named("note"), alert.note],
    [named("cleared_at"), <When key="cleared" at={alert.cleared_at} />],
  ];
  return <Facts rows={rows} />;
}
