/** What an area of the dashboard hands to the shell: its lists and pages, each loaded when first opened, and its menu entries. */
import type { SvgIconComponent } from "@mui/icons-material";
import type { ComponentType, LazyExoticComponent } from "react";
import type { RaRecord } from "react-admin";

import type { ResourceName } from "../api/resources";
import type { Area, Me, Router } from "../api/types";

export type Page = LazyExoticComponent<ComponentType>;

/** A list and the pages of its records. `needs`: the area one must be allowed to read; `create` and `edit` need `write` of it. */
export interface ResourcePages {
  name: ResourceName;
  needs: Area;
  /** How a record is called in titles and references. */
  called: (record: RaRecord) => string;
  list?: Page;
  show?: Page;
  edit?: Page;
  create?: Page;
}

/** A page of its own at `/#<path>`. */
export interface OwnPage {
  path: string;
  needs: Area | null;
  page: Page;
}

/** A tab on a router's page that belongs to another area than the routers' own. Its label is `routers.tab.<name>`. */
export interface RouterTab {
  name: string;
  needs: Area;
  /** Only for routers that can run the agent. */
  agent: boolean;
  page: LazyExoticComponent<ComponentType<{ router: Router }>>;
}

export interface MenuEntry {
  /** Address, `/routers`; also what its keyboard search finds. */
  to: string;
  /** Translation key. */
  label: string;
  icon: SvgIconComponent;
  needs: Area | null;
  /** Further condition, such as a role. */
  shown?: (me: Me) => boolean;
}

export interface AreaOfDashboard {
  /** Translation key of the group's heading in the menu; null: without heading. */
  heading: string | null;
  resources: ResourcePages[];
  pages: OwnPage[];
  routerTabs?: RouterTab[];
  menu: MenuEntry[];
}
