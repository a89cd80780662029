/** A new plan; its currency is the newest host's until another is chosen. */
import { Create, Loading, SimpleForm, useGetList } from "react-admin";

import type { Host } from "../api/types";
import { PlanForm } from "./PlanForm";

const START = { period: "month", price_minor: 0, interim_interval_s: 300, password_storage: "sealed", is_default: false, valid_from_first_use: false };

export default function PlanCreate() {
  const { data: hosts, isPending } = useGetList<Host>("hosts", { pagination: { page: 1, perPage: 1 }, sort: { field: "created_at", order: "DESC" } });
  if (isPending) return <Loading />;
  return (
    <Create redirect="show">
      <SimpleForm defaultValues={{ ...START, currency: hosts?.[0]?.currency }} sx={{ maxWidth: 720 }}>
        <PlanForm fresh />
      </SimpleForm>
    </Create>
  );
}
