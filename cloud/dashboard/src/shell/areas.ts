/** The areas of the dashboard, in the order of the menu. */
import { alerts } from "../alerts";
import { administration } from "../administration";
import { guests } from "../guests";
import { money } from "../money";
import { overview } from "../overview";
import { routers } from "../routers";
import type { AreaOfDashboard } from "./area";

export const AREAS: readonly AreaOfDashboard[] = [overview, routers, alerts, guests, money, administration];
