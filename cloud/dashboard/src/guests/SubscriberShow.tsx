/** One guest: what is left, plans, top-ups, sessions, logins. Tabs are in the address. */
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Tab from "@mui/material/Tab";
import Tabs from "@mui/material/Tabs";
import { type ComponentType, lazy, type LazyExoticComponent, Suspense } from "react";
import { Loading, ShowBase, useRecordContext, useTranslate } from "react-admin";
import { useSearchParams } from "react-router-dom";

import type { Subscriber } from "./condition";
import { SubscriberHead } from "./SubscriberHead";

export interface TabProps {
  subscriber: Subscriber;
}
const TABS: Record<string, LazyExoticComponent<ComponentType<TabProps>>> = {
  usage: lazy(() => import("./UsageTab")),
  plans: lazy(() => import("./AssignmentsTab")),
  top_ups: lazy(() => import("./TopUpsTab")),
  sessions: lazy(() => import("./SessionsTab")),
  logins: lazy(() => import("./AttemptsTab")),
};
const FIRST = "usage";

export default function SubscriberShow() {
  return (
    <ShowBase>
      <Shown />
    </ShowBase>
  );
}

function Shown() {
  const translate = useTranslate();
  const subscriber = useRecordContext<Subscriber>();
  const [query, setQuery] = useSearchParams();
  if (!subscriber) return <Loading />;
  const asked = query.get("tab") ?? FIRST;
  const current = asked in TABS ? asked : FIRST;
  const Page = TABS[current];
  return (
    <>
      <SubscriberHead subscriber={subscriber} />
      <Card sx={{ marginBlockStart: 2 }}>
        <Tabs
          value={current}
          onChange={(_, name: string) => setQuery({ tab: name })}
          variant="scrollable"
          allowScrollButtonsMobile
          aria-label={translate("guests.tabs")}
          sx={{ borderBottom: 1, borderColor: "divider" }}
        >
          {Object.keys(TABS).map((name) => (
            <Tab key={name} value={name} label={translate(`guests.tab.${name}`)} id={`tab-${name}`} aria-controls="tab-panel" />
          ))}
        </Tabs>
        <Box id="tab-panel" role="tabpanel" aria-labelledby={`tab-${current}`} sx={{ padding: { xs: 1.5, sm: 2 }, minHeight: 320 }}>
          <Suspense fallback={<Loading />}>{Page && <Page subscriber={subscriber} />}</Suspense>
        </Box>
      </Card>
    </>
  );
}
