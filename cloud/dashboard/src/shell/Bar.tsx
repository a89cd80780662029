/** The bar above every page: the menu's button, the page's title, search, language, light or dark, and one's account. */
import SearchIcon from "@mui/icons-material/Search";
import AccountIcon from "@mui/icons-material/ManageAccountsOutlined";
import Box from "@mui/material/Box";
import { visuallyHidden } from "@mui/utils";
import ButtonBase from "@mui/material/ButtonBase";
import ListItemIcon from "@mui/material/ListItemIcon";
import ListItemText from "@mui/material/ListItemText";
import MenuItem from "@mui/material/MenuItem";
import { use } from "react";
import {
  AppBar,
  LoadingIndicator,
  LocalesMenuButton,
  Logout,
  TitlePortal,
  ToggleThemeButton,
  UserMenu,
  useGetIdentity,
  useTranslate,
  useUserMenu,
} from "react-admin";
import { Link } from "react-router-dom";

import { AREAS } from "./areas";
import { Logo } from "./Logo";
import { SearchContext } from "./searchContext";

const HAS_ACCOUNT_PAGE = AREAS.some((area) => area.pages.some((each) => each.path === "/account"));

const NARROW = "@media (max-width: 899.95px)";
const SHORTCUT = "Ctrl K";

function SearchButton() {
  const translate = useTranslate();
  const open = use(SearchContext);
  return (
    <ButtonBase
      onClick={open}
      aria-keyshortcuts="Control+K"
      sx={{ display: "flex", gap: 1, border: { sm: 1 }, borderColor: { sm: "divider" }, borderRadius: 2, padding: 1, paddingBlock: 0.75, color: "text.secondary", minWidth: { md: 220 }, justifyContent: "flex-start" }}
    >
      <SearchIcon fontSize="small" aria-hidden />
      <Box component="span" sx={{ flex: 1, textAlign: "start", [NARROW]: visuallyHidden }}>
        {translate("app.search.open")}
      </Box>
      <Box component="kbd" aria-hidden sx={{ display: { xs: "none", md: "inline" }, fontFamily: "inherit", fontSize: 12 }}>
        {SHORTCUT}
      </Box>
    </ButtonBase>
  );
}

function MyAccount() {
  const translate = useTranslate();
  const menu = useUserMenu();
  return (
    <MenuItem component={Link} to="/account" onClick={() => menu?.onClose()}>
      <ListItemIcon>
        <AccountIcon fontSize="small" />
      </ListItemIcon>
      <ListItemText>{translate("app.menu.account")}</ListItemText>
    </MenuItem>
  );
}

function Mine() {
  const { data: me } = useGetIdentity();
  // Named by what it shows.
  return (
    <UserMenu {...(typeof me?.fullName === "string" && { label: me.fullName })}>
      {HAS_ACCOUNT_PAGE && <MyAccount />}
      <Logout />
    </UserMenu>
  );
}

/** On a phone the bar has room for icons only. */
const PHONE = "@media (max-width: 599.95px)";

function Tools() {
  return (
    <Box sx={{ display: "flex", alignItems: "center", [PHONE]: { ".MuiButton-root": { fontSize: 0, minWidth: 0 }, ".MuiButton-endIcon, .RaLoadingIndicator-loadedIcon": { display: "none" } } }}>
      <LocalesMenuButton />
      <ToggleThemeButton />
      <LoadingIndicator />
    </Box>
  );
}

export function Bar() {
  return (
    <AppBar color="inherit" alwaysOn userMenu={<Mine />} toolbar={<Tools />} sx={{ "& .RaAppBar-toolbar": { minHeight: 56, gap: 0.5 } }}>
      <Logo />
      <TitlePortal variant="h1" component="h1" sx={{ fontSize: "1.05rem", fontWeight: 650, marginInlineStart: 1.5 }} />
      <SearchButton />
    </AppBar>
  );
}
