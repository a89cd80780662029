/** The area `routers`: the fleet, and each router's page. */
import MapIcon from "@mui/icons-material/MapOutlined";
import RouterIcon from "@mui/icons-material/RouterOutlined";
import { lazy } from "react";

import type { AreaOfDashboard } from "../shell/area";

export const routers: AreaOfDashboard = {
  heading: null,
  resources: [
    {
      name: "routers",
      needs: "routers",
      called: (record) => String(record.name),
      list: lazy(() => import("./RouterList")),
      show: lazy(() => import("./RouterShow")),
      edit: lazy(() => import("./RouterEdit")),
      create: lazy(() => import("./RouterCreate")),
    },
    { name: "commands", needs: "routers", called: (record) => String(record.kind) },
  ],
  pages: [{ path: "/map", needs: "routers", page: lazy(() => import("./MapPage")) }],
  menu: [
    { to: "/routers", label: "resources.routers.name", icon: RouterIcon, needs: "routers" },
    { to: "/map", label: "routers.map.title", icon: MapIcon, needs: "routers" },
  ],
};
