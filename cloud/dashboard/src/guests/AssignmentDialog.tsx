/** Another plan for a guest, now or after the present one; and what may be changed of one there is. */
import { useState } from "react";
import { AutocompleteInput, BooleanInput, NumberInput, RadioButtonGroupInput, ReferenceInput, required, TextInput, useTranslate } from "react-admin";
import { useWatch } from "react-hook-form";

import { newIdempotencyKey } from "../api/client";
import type { Schemas } from "../api/types";
import { FormDialog } from "../shell/FormDialog";
import { InstantInput } from "../shell/InstantInput";
import { UnitInput } from "../shell/UnitInput";
import { RATES, VOLUMES } from "../shell/units";
import { type Assignment, assignPlan, changeAssignment, differences } from "./assignments";
import type { Subscriber } from "./condition";
import { Pair } from "./PlanForm";

const CHANGEABLE = ["valid_until", "quota_bytes", "rate_down_bps", "rate_up_bps", "max_sessions", "renews", "note"] as const;

/** Limits for this one guest in place of the plan's. */
function OwnLimits() {
  return (
    <Pair>
      <UnitInput source="quota_bytes" units={VOLUMES} unit="GB" helperText="guests.assignment.own_help" />
      <NumberInput source="max_sessions" min={1} max={10_000} helperText="guests.assignment.own_help" fullWidth />
      <UnitInput source="rate_down_bps" units={RATES} helperText="guests.assignment.own_help" />
      <UnitInput source="rate_up_bps" units={RATES} helperText="guests.assignment.own_help" />
    </Pair>
  );
}

function Start() {
  const translate = useTranslate();
  const start = useWatch({ name: "start" }) as unknown;
  const choices = ["now", "queue"].map((id) => ({ id, name: translate(`guests.assignment.start.${id}`) }));
  return (
    <>
      <RadioButtonGroupInput source="start" choices={choices} row={false} helperText={false} />
      {start === "queue" && <InstantInput source="starts_at" helperText="guests.assignment.starts_help" fullWidth />}
    </>
  );
}

export function AssignDialog({ subscriber, onClose }: { subscriber: Subscriber; onClose: () => void }) {
  const translate = useTranslate();
  const [key] = useState(newIdempotencyKey);
  const assign = (values: Record<string, unknown>) => {
    const startsAt = values.start === "queue" ? (values.starts_at ?? null) : null;
    return assignPlan(subscriber.id, { ...values, note: values.note ?? "", starts_at: startsAt } as Schemas["AssignmentIn"], key);
  };
  return (
    <FormDialog
      resource="assignments"
      title={translate("guests.assignment.assign_title", { name: subscriber.username })}
      action={translate("guests.assignment.assign")}
      defaults={{ start: "now", renews: false }}
      onSubmit={assign}
      onClose={onClose}
    >
      <ReferenceInput source="plan_id" reference="plans">
        <AutocompleteInput validate={required()} filterToQuery={(search: string) => ({ search })} helperText={false} fullWidth />
      </ReferenceInput>
      <Start />
      <InstantInput source="valid_until" helperText="guests.assignment.until_help" fullWidth />
      <OwnLimits />
      <BooleanInput source="renews" helperText="guests.assignment.renews_help" />
      <TextInput source="note" fullWidth helperText={false} />
    </FormDialog>
  );
}

export function ChangeDialog({ assignment, onClose }: { assignment: Assignment; onClose: () => void }) {
  const translate = useTranslate();
  const change = (values: Record<string, unknown>) => changeAssignment(assignment, differences({ ...values, note: values.note ?? "" }, assignment, CHANGEABLE));
  return (
    <FormDialog
      resource="assignments"
      title={translate("guests.assignment.change_title")}
      text={translate("guests.assignment.change_text")}
      action={translate("ra.action.save")}
      defaults={Object.fromEntries(CHANGEABLE.map((name) => [name, assignment[name]]))}
      onSubmit={change}
      onClose={onClose}
    >
      <InstantInput source="valid_until" helperText="guests.assignment.extend_help" fullWidth />
      <OwnLimits />
      <BooleanInput source="renews" helperText="guests.assignment.renews_help" />
      <TextInput source="note" fullWidth helperText={false} />
    </FormDialog>
  );
}
