/** New vouchers: how many, of which plan, for how much, and how long each is valid. */
import { AutocompleteInput, Create, Loading, NumberInput, ReferenceInput, required, SimpleForm, TextInput, useGetOne } from "react-admin";
import { useWatch } from "react-hook-form";

import { InstantInput } from "../shell/InstantInput";
import { HostInput, Pair } from "./PlanForm";
import type { Plan } from "./planWords";
import { MoneyInput, UnitInput } from "../shell/UnitInput";
import { SPANS } from "../shell/units";

const CODE_LENGTH = 12;

export default function BatchCreate() {
  return (
    <Create redirect="show">
      <SimpleForm defaultValues={{ count: 50, code_length: CODE_LENGTH }} sx={{ maxWidth: 640 }}>
        <Fields />
      </SimpleForm>
    </Create>
  );
}

/** Capitals and digits, whatever is typed. */
function parsePrefix(text: string): string {
  return text.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
}

function Fields() {
  const planId = useWatch({ name: "plan_id" }) as string | null | undefined;
  const { data: plan, isLoading } = useGetOne<Plan>("plans", { id: planId ?? "" }, { enabled: Boolean(planId) });
  if (isLoading) return <Loading />;
  return (
    <>
      <Pair>
        <NumberInput source="count" min={1} max={10_000} validate={required()} autoFocus helperText="guests.batch.count_help" fullWidth />
        <ReferenceInput source="plan_id" reference="plans">
          <AutocompleteInput validate={required()} filterToQuery={(search: string) => ({ search })} fullWidth />
        </ReferenceInput>
      </Pair>
      <HostInput helperText="guests.batch.host_help" />
      <Pair>
        <UnitInput source="valid_for_s" units={SPANS} unit="days" helperText="guests.batch.valid_help" />
        <InstantInput source="valid_until" helperText="guests.batch.until_help" fullWidth />
        <MoneyInput source="price_minor" currency={plan?.currency} helperText="guests.batch.price_help" />
        <NumberInput source="max_sessions" min={1} max={10_000} helperText="guests.batch.plan_help" fullWidth />
        <TextInput source="prefix" parse={parsePrefix} helperText="guests.batch.prefix_help" fullWidth slotProps={{ htmlInput: { dir: "ltr", maxLength: 8 } }} />
        <NumberInput source="code_length" min={1} max={20} validate={required()} helperText="guests.batch.length_help" fullWidth />
      </Pair>
      <TextInput source="note" helperText="guests.batch.note_help" fullWidth />
    </>
  );
}
