/** The three pages about alerts, as tabs that are links: what is wrong, when that is said, where it is told. */
import Tab from "@mui/material/Tab";
import Tabs from "@mui/material/Tabs";
import { useTranslate } from "react-admin";
import { Link } from "react-router-dom";

const PAGES = { alerts: "/alerts", rules: "/alert-rules", channels: "/alert-channels" } as const;

export function AlertTabs({ current }: { current: keyof typeof PAGES }) {
  const translate = useTranslate();
  return (
    <Tabs component="nav" role="navigation" value={current} aria-label={translate("resources.alerts.name", { smart_count: 2 })} sx={{ borderBottom: 1, borderColor: "divider", marginBlockEnd: 1 }} slotProps={{ list: { role: "presentation" } }}>
      {Object.entries(PAGES).map(([name, to]) => (
        <Tab key={name} value={name} component={Link} to={to} role="link" aria-selected={undefined} tabIndex={0} {...(name === current && { "aria-current": "page" })} label={translate(`alerts.page.${name}`)} />
      ))}
    </Tabs>
  );
}
