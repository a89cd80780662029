/** The area `overview`: the page one lands on, at `/`, which the shell opens by itself. */
import OverviewIcon from "@mui/icons-material/SpaceDashboardOutlined";

import type { AreaOfDashboard } from "../shell/area";

export const overview: AreaOfDashboard = {
  heading: null,
  resources: [],
  pages: [],
  menu: [{ to: "/", label: "app.menu.overview", icon: OverviewIcon, needs: "routers" }],
};
