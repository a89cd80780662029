/** The area `alerts`: what is wrong and was, when that is said, and where it is told. */
import NotificationsIcon from "@mui/icons-material/NotificationsNoneOutlined";
import { lazy } from "react";

import type { AreaOfDashboard } from "../shell/area";

export const alerts: AreaOfDashboard = {
  heading: null,
  resources: [
    {
      name: "alerts",
      needs: "alerts",
      called: (record) => String(record.name ?? record.kind),
      list: lazy(() => import("./AlertList")),
      show: lazy(() => import("./AlertShow")),
    },
    {
      name: "alert-channels",
      needs: "alerts",
      called: (record) => String(record.name),
      list: lazy(() => import("./ChannelList")),
      show: lazy(() => import("./ChannelShow")),
      edit: lazy(() => import("./ChannelEdit")),
      create: lazy(() => import("./ChannelCreate")),
    },
    { name: "alert-deliveries", needs: "alerts", called: (record) => String(record.event) },
  ],
  pages: [{ path: "/alert-rules", needs: "alerts", page: lazy(() => import("./Rules")) }],
  routerTabs: [{ name: "alerts", needs: "alerts", agent: false, page: lazy(() => import("./RouterAlerts")) }],
  menu: [{ to: "/alerts", label: "resources.alerts.name", icon: NotificationsIcon, needs: "alerts" }],
};
