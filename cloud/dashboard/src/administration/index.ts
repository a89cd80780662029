/** The area `administration`: what it shows, each page loaded when first opened. */
import StoreIcon from "@mui/icons-material/StorefrontOutlined";
import SettingsIcon from "@mui/icons-material/SettingsOutlined";
import AuditIcon from "@mui/icons-material/ManageSearchOutlined";
import StaffIcon from "@mui/icons-material/BadgeOutlined";
import { lazy } from "react";

import type { AreaOfDashboard } from "../shell/area";

export const administration: AreaOfDashboard = {
  heading: "app.menu.administration",
  resources: [
    {
      name: "hosts",
      needs: "hosts",
      called: (record) => String(record.name),
      list: lazy(() => import("./HostList")),
      show: lazy(() => import("./HostShow")),
      edit: lazy(() => import("./HostEdit")),
      create: lazy(() => import("./HostCreate")),
    },
    {
      name: "staff",
      needs: "staff",
      called: (record) => String(record.email),
      list: lazy(() => import("./StaffList")),
      edit: lazy(() => import("./StaffEdit")),
      create: lazy(() => import("./StaffCreate")),
    },
    { name: "audit", needs: "audit", called: (record) => String(record.kind), list: lazy(() => import("./AuditList")) },
  ],
  pages: [
    { path: "/account", needs: null, page: lazy(() => import("./AccountPage")) },
    { path: "/settings", needs: "settings", page: lazy(() => import("./SettingsPage")) },
  ],
  menu: [
    { to: "/hosts", label: "resources.hosts.name", icon: StoreIcon, needs: "hosts", shown: (me) => me.role !== "host" },
    { to: "/hosts", label: "administration.host.mine", icon: StoreIcon, needs: "hosts", shown: (me) => me.role === "host" },
    { to: "/staff", label: "resources.staff.name", icon: StaffIcon, needs: "staff" },
    { to: "/audit", label: "resources.audit.name", icon: AuditIcon, needs: "audit" },
    { to: "/settings", label: "administration.settings.title", icon: SettingsIcon, needs: "settings" },
  ],
};
