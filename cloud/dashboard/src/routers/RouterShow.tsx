/** One router: how it is, and tabs for live view, history, clients, guests, logs and commands. Tabs are in the address. */
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Tab from "@mui/material/Tab";
import Tabs from "@mui/material/Tabs";
import { lazy, Suspense } from "react";
import { Loading, ShowBase, useRecordContext, useTranslate } from "react-admin";
import { useSearchParams } from "react-router-dom";

import { may } from "../api/authProvider";
import type { Router } from "../api/types";
import type { RouterTab } from "../shell/area";
import { AREAS } from "../shell/areas";
import { useMe } from "../shell/useMe";
import { runsAgent } from "./condition";
import { RouterHead } from "./RouterHead";
import { useLiveRouter } from "./useLiveRouter";

export interface TabProps {
  router: Router;
}

const TABS: RouterTab[] = [
  { name: "live", needs: "routers", agent: true, page: lazy(() => import("./LiveTab")) },
  { name: "history", needs: "routers", agent: true, page: lazy(() => import("./HistoryTab")) },
  { name: "clients", needs: "routers", agent: true, page: lazy(() => import("./ClientsTab")) },
  { name: "guests", needs: "guests", agent: false, page: lazy(() => import("./GuestsTab")) },
  { name: "logs", needs: "routers", agent: true, page: lazy(() => import("./LogsTab")) },
  { name: "commands", needs: "routers", agent: true, page: lazy(() => import("./CommandsTab")) },
  { name: "terminal", needs: "terminals", agent: true, page: lazy(() => import("./TerminalTab")) },
];

export default function RouterShow() {
  return (
    <ShowBase>
      <Shown />
    </ShowBase>
  );
}

function Shown() {
  const read = useRecordContext<Router>();
  const router = useLiveRouter(read);
  if (!router) return <Loading />;
  return (
    <>
      <RouterHead router={router} />
      <RouterTabs router={router} />
    </>
  );
}

function RouterTabs({ router }: TabProps) {
  const translate = useTranslate();
  const me = useMe();
  const [query, setQuery] = useSearchParams();
  const tabs = [...TABS, ...AREAS.flatMap((area) => area.routerTabs ?? [])].filter((tab) => may(me, tab.needs) && (!tab.agent || runsAgent(router.nas_kind)));
  const current = tabs.find((tab) => tab.name === query.get("tab")) ?? tabs[0];
  if (current === undefined) return null;
  const Page = current.page;
  return (
    <Card sx={{ marginBlockStart: 2 }}>
      <Tabs
        value={current.name}
        onChange={(_, name: string) => setQuery({ tab: name })}
        variant="scrollable"
        allowScrollButtonsMobile
        aria-label={translate("routers.tabs")}
        sx={{ borderBottom: 1, borderColor: "divider" }}
      >
        {tabs.map((tab) => (
          <Tab key={tab.name} value={tab.name} label={translate(`routers.tab.${tab.name}`)} id={`tab-${tab.name}`} aria-controls="tab-panel" />
        ))}
      </Tabs>
      <Box id="tab-panel" role="tabpanel" aria-labelledby={`tab-${current.name}`} sx={{ padding: { xs: 1.5, sm: 2 }, minHeight: 320 }}>
        <Suspense fallback={<Loading />}>
          <Page router={router} />
        </Suspense>
      </Box>
    </Card>
  );
}
