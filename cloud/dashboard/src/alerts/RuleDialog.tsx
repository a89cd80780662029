/** One rule changed: whether it holds, how bad it is, from when it is said and when it is over. */
import Box from "@mui/material/Box";
import { BooleanInput, NumberInput, required, SelectInput, useNotify, useTranslate } from "react-admin";

import { api } from "../api/client";
import { FormDialog } from "../shell/FormDialog";
import { UnitInput } from "../shell/UnitInput";
import type { Units } from "../shell/units";
import { changesOfRule, isHappening, type Rule } from "./rules";
import { SEVERITIES } from "./words";

const NEEDED = [required()];
const TIMES: Units = { seconds: 1, minutes: 60, hours: 3600 };
const DAYS: Units = { days: 1 };

interface Props {
  rule: Rule;
  hostId: string | null;
  onClose: () => void;
}

export function RuleDialog({ rule, hostId, onClose }: Props) {
  const translate = useTranslate();
  const notify = useNotify();
  const send = async (values: Partial<Rule>) => {
    const body = changesOfRule(rule, values);
    if (Object.keys(body).length === 0) return;
    const { kind } = rule;
    if (hostId === null) await api.PUT("/api/v1/alert-rules/{kind}", { params: { path: { kind } }, body });
    else await api.PUT("/api/v1/hosts/{host_id}/alert-rules/{kind}", { params: { path: { host_id: hostId, kind } }, body });
    notify("alerts.rule.saved", { type: "success" });
  };
  return (
    <FormDialog title={translate(`alerts.kind.${rule.kind}`, { _: rule.kind })} action={translate("ra.action.save")} resource="alert-rules" defaults={rule} onSubmit={send} onClose={onClose}>
      <BooleanInput source="enabled" helperText={false} />
      <SelectInput source="severity" choices={SEVERITIES.map((id) => ({ id, name: `alerts.severity.${id}` }))} validate={NEEDED} helperText={false} fullWidth />
      <Box sx={{ display: "grid", columnGap: 2, rowGap: 1, alignItems: "start", gridTemplateColumns: { xs: "minmax(0, 1fr)", sm: "repeat(2, minmax(0, 1fr))" } }}>
        {rule.threshold !== null && <LimitInput source="threshold" unit={rule.unit} />}
        {!isHappening(rule.kind) && <UnitInput source="duration_s" units={TIMES} unit="minutes" />}
        {rule.clear_threshold !== null && <LimitInput source="clear_threshold" unit={rule.unit} />}
        <UnitInput source="clear_duration_s" units={TIMES} unit="minutes" {...(isHappening(rule.kind) && { label: "alerts.rule.forgotten_after" })} />
      </Box>
    </FormDialog>
  );
}

/** A limit in the figure's own unit. */
function LimitInput({ source, unit }: { source: string; unit: string | null }) {
  const translate = useTranslate();
  if (unit === "s") return <UnitInput source={source} units={TIMES} unit="minutes" validate={NEEDED} />;
  if (unit === "d") return <UnitInput source={source} units={DAYS} unit="days" validate={NEEDED} />;
  const name = translate(`resources.alert-rules.fields.${source}`);
  return <NumberInput source={source} label={unit === null ? name : `${name} (${unit})`} min={0} step={1} validate={NEEDED} helperText={false} margin="dense" fullWidth />;
}
