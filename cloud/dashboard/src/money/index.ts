/** The area `money`: documents, payments, and each host's tariffs and details. */
import AccountBalanceIcon from "@mui/icons-material/AccountBalanceOutlined";
import AssessmentIcon from "@mui/icons-material/AssessmentOutlined";
import PaymentsIcon from "@mui/icons-material/PaymentsOutlined";
import PriceChangeIcon from "@mui/icons-material/PriceChangeOutlined";
import ReceiptIcon from "@mui/icons-material/ReceiptLongOutlined";
import { lazy } from "react";

import type { AreaOfDashboard } from "../shell/area";

export const money: AreaOfDashboard = {
  heading: "app.menu.money",
  resources: [
    {
      name: "invoices",
      needs: "money",
      called: (record) => String(record.reference ?? record.period),
      list: lazy(() => import("./InvoiceList")),
      show: lazy(() => import("./InvoiceShow")),
    },
    { name: "payments", needs: "money", called: (record) => String(record.paid_on), list: lazy(() => import("./PaymentList")) },
  ],
  pages: [
    { path: "/accounts", needs: "money", page: lazy(() => import("./Accounts")) },
    { path: "/accounts/tariff", needs: "money", page: lazy(() => import("./TariffEdit")) },
    { path: "/reports", needs: "money", page: lazy(() => import("./Reports")) },
    { path: "/issuer", needs: "money", page: lazy(() => import("./Issuer")) },
  ],
  menu: [
    { to: "/invoices", label: "resources.invoices.name", icon: ReceiptIcon, needs: "money" },
    { to: "/payments", label: "resources.payments.name", icon: PaymentsIcon, needs: "money" },
    { to: "/accounts", label: "money.accounts.title", icon: PriceChangeIcon, needs: "money" },
    { to: "/reports", label: "money.reports.title", icon: AssessmentIcon, needs: "money", shown: (me) => me.host_id === null },
    { to: "/issuer", label: "money.issuer.title", icon: AccountBalanceIcon, needs: "money", shown: (me) => me.host_id === null },
  ],
};
