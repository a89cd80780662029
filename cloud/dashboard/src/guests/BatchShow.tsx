/** One batch: what became of its vouchers, paper to cut, a file for a till, and the codes one by one. */
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Loading, ReferenceField, ShowBase, Title, useRecordContext, useTranslate } from "react-admin";
import { useSearchParams } from "react-router-dom";

import { count, duration, money } from "../i18n/formats";
import { Figure } from "../shell/Figure";
import { When } from "../shell/When";
import { BatchActions } from "./BatchActions";
import { Left } from "./BatchList";
import { VoucherTable } from "./VoucherTable";
import { type Batch, STATES, type Voucher } from "./vouchers";

export default function BatchShow() {
  return (
    <ShowBase>
      <Shown />
    </ShowBase>
  );
}

function Shown() {
  const translate = useTranslate();
  const batch = useRecordContext<Batch>();
  const [query, setQuery] = useSearchParams();
  if (!batch) return <Loading />;
  const asked = STATES.find((state) => state === query.get("state")) ?? null;
  const choose = (state: Voucher["state"] | null): void => setQuery(state === null ? {} : { state });
  return (
    <Stack spacing={2}>
      <Title title={translate("resources.voucher-batches.name", { smart_count: 1 })} />
      <Stack direction="row" spacing={1.5} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
        <Typography variant="h2" component="div">
          <ReferenceField source="plan_id" reference="plans" link="show" sx={{ "& *": { font: "inherit" } }} />
        </Typography>
        <Left batch={batch} />
        <Typography color="textSecondary" component="div" sx={{ flex: "1 1 200px" }}>
          <ReferenceField source="host_id" reference="hosts" link={false} empty="guests.of_isp" /> · <When at={batch.created_at} />
        </Typography>
        <BatchActions batch={batch} />
      </Stack>
      <Conditions batch={batch} />
      <Box sx={{ display: "grid", gap: 1, gridTemplateColumns: { xs: "1fr 1fr", sm: "repeat(4, 1fr)" } }}>
        {STATES.map((state) => (
          <Figure key={state} dense name={translate(`guests.voucher.state.${state}`)} value={count(batch[`${state}_count`])} />
        ))}
      </Box>
      <Card sx={{ overflowX: "auto" }}>
        <VoucherTable batchId={batch.id} state={asked} onChoose={choose} />
      </Card>
    </Stack>
  );
}

/** What holds for each voucher of it. */
function Conditions({ batch }: { batch: Batch }) {
  const translate = useTranslate();
  const said: [string, React.ReactNode][] = [["price", money(batch.price_minor, batch.currency)]];
  if (batch.valid_for_s) said.push(["valid_for", duration(batch.valid_for_s)]);
  if (batch.valid_from) said.push(["valid_from", <When key="from" at={batch.valid_from} />]);
  if (batch.valid_until) said.push(["valid_until", <When key="until" at={batch.valid_until} />]);
  if (batch.max_sessions) said.push(["devices", count(batch.max_sessions)]);
  if (batch.note) said.push(["note", batch.note]);
  return (
    <Typography color="textSecondary" component="div">
      {said.map(([name, value], index) => (
        <span key={name}>
          {index > 0 && " · "}
          {translate(`guests.batch.fact.${name}`)} {value}
        </span>
      ))}
    </Typography>
  );
}
