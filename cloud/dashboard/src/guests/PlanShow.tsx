/** One plan in words, and where it leads: to its guests, and to vouchers of it. */
import Card from "@mui/material/Card";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { EditButton, Loading, ReferenceField, ShowBase, Title, useRecordContext, useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import { duration } from "../i18n/formats";
import { listAddress } from "../shell/addresses";
import { Figure } from "../shell/Figure";
import { StatusChip } from "../shell/StatusChip";
import { useMay, useMe } from "../shell/useMe";
import { When } from "../shell/When";
import { devicesInWords, type Plan, priceInWords, speedInWords, validityInWords, volumeInWords } from "./planWords";

export default function PlanShow() {
  return (
    <ShowBase>
      <Shown />
    </ShowBase>
  );
}

/** An ISP's plan is the ISP's: a Host sells it and does not change it. */
function useMayChange(plan: Plan | undefined): boolean {
  const me = useMe();
  const writes = useMay("plans", "write");
  return writes && (!me?.host_id || plan?.host_id === me.host_id);
}

function Shown() {
  const translate = useTranslate();
  const plan = useRecordContext<Plan>();
  const changes = useMayChange(plan);
  if (!plan) return <Loading />;
  const figures = { volume: volumeInWords, speed: speedInWords, devices: devicesInWords, validity: validityInWords, price: priceInWords };
  return (
    <Stack spacing={2}>
      <Title title={plan.name} />
      <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
        <Typography variant="h2">{plan.name}</Typography>
        {plan.is_default && <StatusChip tone="good" label={translate("guests.plan.default")} />}
        <Typography color="textSecondary" component="div" sx={{ flex: "1 1 200px" }}>
          <ReferenceField source="host_id" reference="hosts" link={false} empty="guests.plan.of_isp" />
        </Typography>
        <Leads plan={plan} />
        {changes && <EditButton />}
      </Stack>
      <Box sx={{ display: "grid", gap: 1, gridTemplateColumns: { xs: "1fr 1fr", md: "repeat(5, 1fr)" } }}>
        {Object.entries(figures).map(([name, words]) => (
          <Figure key={name} dense name={translate(`guests.plan.figure.${name}`)} value={words(translate, plan)} />
        ))}
      </Box>
      <Details plan={plan} />
    </Stack>
  );
}

function Leads({ plan }: { plan: Plan }) {
  const translate = useTranslate();
  const reads = useMay("guests");
  const writes = useMay("guests", "write");
  return (
    <>
      {reads && (
        <Button component={Link} to={listAddress("subscribers", { plan_id: plan.id })}>
          {translate("guests.plan.its_guests")}
        </Button>
      )}
      {writes && (
        <Button component={Link} to={`/voucher-batches/create?source=${encodeURIComponent(JSON.stringify({ plan_id: plan.id, host_id: plan.host_id }))}`}>
          {translate("guests.batch.create")}
        </Button>
      )}
    </>
  );
}

function Details({ plan }: { plan: Plan }) {
  const translate = useTranslate();
  const rows: [string, React.ReactNode][] = [
    ["session_timeout_s", duration(plan.session_timeout_s)],
    ["idle_timeout_s", duration(plan.idle_timeout_s)],
    ["interim_interval_s", duration(plan.interim_interval_s)],
    ["password_storage", translate(`guests.storage.${plan.password_storage}`)],
    ["created_at", <When key="at" at={plan.created_at} />],
  ];
  return (
    <Card component="dl" sx={{ display: "grid", gap: 1, columnGap: 3, padding: 2, margin: 0, gridTemplateColumns: { xs: "1fr", sm: "max-content 1fr" } }}>
      {rows.map(([name, value]) => (
        <Box key={name} sx={{ display: "contents" }}>
          <Typography component="dt" color="textSecondary">
            {translate(`resources.plans.fields.${name}`)}
          </Typography>
          <Typography component="dd" sx={{ margin: 0 }}>
            {value}
          </Typography>
        </Box>
      ))}
    </Card>
  );
}
