/** From a host to what belongs to it: routers, guests, people, and the plan its guests get by themselves. */
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import { useGetList, useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import { may } from "../api/authProvider";
import type { Records } from "../api/resources";
import type { Area, Host } from "../api/types";
import { hasPage, listAddress } from "../shell/addresses";
import { useMay, useMe } from "../shell/useMe";

const MOST_PLANS = 200;
const LISTS = [
  { resource: "routers", needs: "routers" },
  { resource: "subscribers", needs: "guests" },
  { resource: "sessions", needs: "guests" },
  { resource: "invoices", needs: "money" },
  { resource: "staff", needs: "staff" },
] as const satisfies { resource: string; needs: Area }[];

export function HostLeads({ host }: { host: Host }) {
  const translate = useTranslate();
  const me = useMe();
  const lists = LISTS.filter(({ resource, needs }) => may(me, needs) && hasPage(resource, "list"));
  return (
    <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: "wrap" }}>
      {lists.map(({ resource }) => (
        <Button key={resource} variant="outlined" size="small" component={Link} to={listAddress(resource, { host_id: host.id })}>
          {translate(`resources.${resource}.name`, { smart_count: 2 })}
        </Button>
      ))}
      <DefaultPlan host={host} />
    </Stack>
  );
}

function DefaultPlan({ host }: { host: Host }) {
  const translate = useTranslate();
  const reads = useMay("plans");
  const wanted = { filter: { host_id: host.id }, pagination: { page: 1, perPage: MOST_PLANS } };
  const { data: plans } = useGetList<Records["plans"]>("plans", wanted, { enabled: reads && hasPage("plans", "show") });
  const plan = plans?.find((each) => each.is_default);
  if (!plan) return null;
  return (
    <Button variant="outlined" size="small" component={Link} to={`/plans/${plan.id}/show`}>
      {translate("administration.host.default_plan", { name: plan.name })}
    </Button>
  );
}
