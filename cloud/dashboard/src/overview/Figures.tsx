/** The figures themselves. */
import BoltIcon from "@mui/icons-material/BoltOutlined";
import DataUsageIcon from "@mui/icons-material/DataUsageOutlined";
import NotificationsIcon from "@mui/icons-material/NotificationsNoneOutlined";
import PaymentsIcon from "@mui/icons-material/PaymentsOutlined";
import PeopleIcon from "@mui/icons-material/PeopleOutlined";
import TerminalIcon from "@mui/icons-material/PlaylistPlayOutlined";
import RouterIcon from "@mui/icons-material/RouterOutlined";
import Box from "@mui/material/Box";
import { useTranslate } from "react-admin";

import type { Schemas } from "../api/types";
import { count, money, rate } from "../i18n/formats";
import { hasPage, listAddress } from "../shell/addresses";
import { Figure } from "../shell/Figure";

type Shown = Schemas["OverviewOut"];

/** A figure's link, once the list it leads to is there. */
function leadsTo(resource: string, filter: Record<string, string> = {}): { to?: string } {
  return hasPage(resource, "list") ? { to: listAddress(resource, filter) } : {};
}

export function Figures({ shown }: { shown: Shown }) {
  const translate = useTranslate();
  const { fleet, guests } = shown;
  return (
    <Box sx={{ display: "grid", gap: { xs: 1, sm: 2 }, gridTemplateColumns: { xs: "1fr 1fr", md: "repeat(4, 1fr)", xl: "repeat(auto-fit, minmax(180px, 1fr))" } }}>
      <Figure
        name={translate("overview.routers_online")}
        icon={<RouterIcon fontSize="small" />}
        value={`${count(fleet.online)} / ${count(fleet.routers)}`}
        {...leadsTo("routers")}
      />
      {shown.alerts && <AlertsFigure alerts={shown.alerts} />}
      {guests && (
        <Figure name={translate("overview.guests_online")} icon={<PeopleIcon fontSize="small" />} value={count(guests.online)} {...leadsTo("sessions", { open: "true" })} />
      )}
      <Figure
        name={translate("overview.throughput")}
        icon={<BoltIcon fontSize="small" />}
        value={rate(fleet.rx_bps + fleet.tx_bps)}
        note={translate("overview.throughput_note", { down: rate(fleet.rx_bps), up: rate(fleet.tx_bps) })}
        {...leadsTo("routers", { online: "true" })}
      />
      {guests && (
        <Figure
          name={translate("overview.quotas")}
          icon={<DataUsageIcon fontSize="small" />}
          value={count(guests.quotas_reached)}
          note={translate("overview.under_way", { smart_count: guests.enforcements_under_way })}
          {...leadsTo("sessions", { open: "true" })}
        />
      )}
      <Figure
        name={translate("overview.commands")}
        icon={<TerminalIcon fontSize="small" />}
        value={count(shown.commands_under_way)}
        note={translate("overview.commands_note")}
      />
      {shown.money && <MoneyFigure month={shown.money} />}
    </Box>
  );
}

function AlertsFigure({ alerts }: { alerts: NonNullable<Shown["alerts"]> }) {
  const translate = useTranslate();
  const open = alerts.critical + alerts.warning + alerts.info;
  const note = translate("overview.alerts_note", { critical: count(alerts.critical), unseen: count(alerts.unacknowledged) });
  return (
    <Figure
      name={translate("overview.alerts")}
      icon={<NotificationsIcon fontSize="small" />}
      value={count(open)}
      note={open === 0 ? translate("overview.no_alerts") : note}
      {...leadsTo("alerts", { open: "true" })}
    />
  );
}

function MoneyFigure({ month }: { month: NonNullable<Shown["money"]> }) {
  const translate = useTranslate();
  const [first, ...others] = month.totals;
  const rest = others.map((each) => money(each.total_minor, each.currency));
  const invoices = month.totals.reduce((sum, each) => sum + each.invoices, 0);
  const note = [...rest, translate("overview.invoices", { smart_count: invoices, period: month.period })].join(" · ");
  return (
    <Figure
      name={translate("overview.money")}
      icon={<PaymentsIcon fontSize="small" />}
      value={first ? money(first.total_minor, first.currency) : "–"}
      note={note}
      {...leadsTo("invoices", { period: month.period })}
    />
  );
}
