/** More volume for the present period. Sent again after an error, it is given once. */
import { useState } from "react";
import { required, TextInput, useGetOne, useTranslate } from "react-admin";

import { api, newIdempotencyKey } from "../api/client";
import type { Schemas } from "../api/types";
import { FormDialog } from "../shell/FormDialog";
import { MoneyInput, UnitInput } from "../shell/UnitInput";
import { VOLUMES } from "../shell/units";
import type { Subscriber } from "./condition";
import type { Plan } from "./planWords";

const NEEDED = [required()];

export function TopUpDialog({ subscriber, onClose }: { subscriber: Subscriber; onClose: () => void }) {
  const translate = useTranslate();
  const { data: plan } = useGetOne<Plan>("plans", { id: subscriber.plan_id });
  const [key] = useState(newIdempotencyKey);
  const give = (values: Record<string, unknown>) =>
    api.POST("/api/v1/subscribers/{subscriber_id}/top-ups", {
      params: { path: { subscriber_id: subscriber.id }, header: { "Idempotency-Key": key } },
      body: { ...values, note: values.note ?? "", price_minor: values.price_minor ?? 0 } as Schemas["TopUpIn"],
    });
  return (
    <FormDialog
      resource="top-ups"
      title={translate("guests.top_up.title", { name: subscriber.username })}
      text={translate("guests.top_up.text")}
      action={translate("guests.top_up.give")}
      onSubmit={give}
      onClose={onClose}
    >
      <UnitInput source="bytes" units={VOLUMES} unit="GB" validate={NEEDED} />
      <MoneyInput source="price_minor" currency={plan?.currency} helperText="guests.top_up.price_help" />
      <TextInput source="note" fullWidth helperText={false} />
    </FormDialog>
  );
}
