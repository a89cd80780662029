/** What is going on now: each figure leads to the list it comes from; kept current by the fleet's events. */
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { lazy, Suspense } from "react";
import { Loading, Title, useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import type { Schemas } from "../api/types";
import { count } from "../i18n/formats";
import { listAddress } from "../shell/addresses";
import { PageError } from "../shell/PageError";
import { StatusChip, type Tone } from "../shell/StatusChip";
import { Figures } from "./Figures";
import { FirstSteps } from "./FirstSteps";
import { HAPPENINGS, Happenings } from "./Happenings";
import { useOverview } from "./useOverview";

const Day = lazy(() => import("./Day"));
type Shown = Schemas["OverviewOut"];

export default function Overview() {
  const translate = useTranslate();
  const { data, error, refetch } = useOverview();
  if (error) return <PageError error={error} resetErrorBoundary={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <>
      <Title title={translate("app.menu.overview")} />
      {data.fleet.routers === 0 ? <FirstSteps /> : <Everything shown={data} />}
    </>
  );
}

function Everything({ shown }: { shown: Shown }) {
  const translate = useTranslate();
  return (
    <Stack spacing={2}>
      <Figures shown={shown} />
      <FleetStates fleet={shown.fleet} />
      <Box sx={{ display: "grid", gap: 2, gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "minmax(0, 2fr) minmax(0, 1fr)" } }}>
        {shown.guests && (
          <Card sx={{ padding: 2 }}>
            <Typography variant="h2" gutterBottom>
              {translate("overview.day")}
            </Typography>
            <Suspense fallback={<Box sx={{ height: 252 }} />}>
              <Day at={shown.at} quarters={shown.guests.day} />
            </Suspense>
          </Card>
        )}
        <Card sx={{ padding: 2 }}>
          <Typography variant="h2" gutterBottom id={HAPPENINGS}>
            {translate("overview.happenings")}
          </Typography>
          <Happenings />
        </Card>
      </Box>
    </Stack>
  );
}

function FleetStates({ fleet }: { fleet: Shown["fleet"] }) {
  const translate = useTranslate();
  const offline = fleet.routers - fleet.online - fleet.silent - fleet.revoked;
  const states: [string, number, Tone, Record<string, string>][] = [
    ["attention", fleet.attention, "warn", { attention: "true" }],
    ["offline", offline, "bad", { online: "false" }],
    ["never", fleet.silent, "off", { online: "false" }],
  ];
  const present = states.filter(([, number]) => number > 0);
  if (present.length === 0) {
    return (
      <div>
        <StatusChip tone="good" label={translate("overview.all_well")} />
      </div>
    );
  }
  return (
    <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: "wrap" }}>
      {present.map(([name, number, tone, filter]) => (
        <Link key={name} to={listAddress("routers", filter)} style={{ borderRadius: 16, textDecoration: "none" }}>
          <StatusChip tone={tone} label={`${translate(`routers.condition.${name}`)}: ${count(number)}`} />
        </Link>
      ))}
    </Stack>
  );
}
