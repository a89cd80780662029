/** The menu: what the signed-in account may open, grouped by area. */
import Typography from "@mui/material/Typography";
import { Menu, useSidebarState, useTranslate } from "react-admin";

import { may } from "../api/authProvider";
import type { Me } from "../api/types";
import type { MenuEntry } from "./area";
import { AREAS } from "./areas";
import { useMe } from "./useMe";

/** The entries of the menu this account sees. */
export function entriesFor(me: Me | undefined, entries: readonly MenuEntry[]): MenuEntry[] {
  if (me === undefined) return [];
  return entries.filter((each) => (each.needs === null || may(me, each.needs)) && (each.shown?.(me) ?? true));
}

export function AppMenu() {
  const translate = useTranslate();
  const me = useMe();
  const [open] = useSidebarState();
  const groups = AREAS.map((area) => ({ heading: area.heading, entries: entriesFor(me, area.menu) }));
  return (
    <Menu sx={{ marginTop: 0, "& .RaMenuItemLink-active": { bgcolor: "action.selected", fontWeight: 650, borderRadius: 1 }, "& .MuiTypography-noWrap": { whiteSpace: "normal", lineHeight: 1.25 } }}>
      {groups
        .filter((group) => group.entries.length > 0)
        .flatMap((group) => [
          group.heading && open && (
            <Typography key={group.heading} component="li" role="presentation" variant="caption" sx={{ listStyle: "none", paddingInline: 2, paddingBlockStart: 2, color: "text.secondary", fontWeight: 600 }}>
              {translate(group.heading)}
            </Typography>
          ),
          ...group.entries.map(({ to, label, icon: Icon }) => (
            <Menu.Item key={to} to={to} primaryText={translate(label, { smart_count: 2 })} leftIcon={<Icon />} />
          )),
        ])}
    </Menu>
  );
}
