/** The area `overview`: what the page one lands on shows. */
import type { AreaOfDashboard } from "../shell/area";

export const overview: AreaOfDashboard = { heading: null, resources: [], pages: [], menu: [] };
