/** The area `guests`: who may log in, what is sold to them, their sessions, and why a login was refused. */
import TicketIcon from "@mui/icons-material/ConfirmationNumberOutlined";
import LoginIcon from "@mui/icons-material/LoginOutlined";
import PeopleIcon from "@mui/icons-material/PeopleOutlined";
import SellIcon from "@mui/icons-material/SellOutlined";
import WifiIcon from "@mui/icons-material/WifiOutlined";
import { lazy } from "react";

import type { AreaOfDashboard } from "../shell/area";

export const guests: AreaOfDashboard = {
  heading: "app.menu.guests",
  resources: [
    {
      name: "subscribers",
      needs: "guests",
      called: (record) => String(record.username),
      list: lazy(() => import("./SubscriberList")),
      show: lazy(() => import("./SubscriberShow")),
      edit: lazy(() => import("./SubscriberEdit")),
      create: lazy(() => import("./SubscriberCreate")),
    },
    {
      name: "plans",
      needs: "plans",
      called: (record) => String(record.name),
      list: lazy(() => import("./PlanList")),
      show: lazy(() => import("./PlanShow")),
      edit: lazy(() => import("./PlanEdit")),
      create: lazy(() => import("./PlanCreate")),
    },
    {
      name: "voucher-batches",
      needs: "guests",
      called: (record) => (record.note ? String(record.note) : String(record.id)),
      list: lazy(() => import("./BatchList")),
      show: lazy(() => import("./BatchShow")),
      create: lazy(() => import("./BatchCreate")),
    },
    { name: "sessions", needs: "guests", called: (record) => String(record.username), list: lazy(() => import("./SessionList")) },
    { name: "login-attempts", needs: "guests", called: (record) => String(record.username), list: lazy(() => import("./AttemptList")) },
    { name: "vouchers", needs: "guests", called: (record) => String(record.code) },
    { name: "assignments", needs: "guests", called: (record) => String(record.id) },
    { name: "top-ups", needs: "guests", called: (record) => String(record.id) },
  ],
  pages: [],
  menu: [
    { to: "/subscribers", label: "resources.subscribers.name", icon: PeopleIcon, needs: "guests" },
    { to: "/plans", label: "resources.plans.name", icon: SellIcon, needs: "plans" },
    { to: "/voucher-batches", label: "resources.vouchers.name", icon: TicketIcon, needs: "guests" },
    { to: "/sessions", label: "resources.sessions.name", icon: WifiIcon, needs: "guests" },
    { to: "/login-attempts", label: "resources.login-attempts.name", icon: LoginIcon, needs: "guests" },
  ],
};
