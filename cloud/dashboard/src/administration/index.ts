/** The area `administration`: what it shows, each page loaded when first opened. */
import type { AreaOfDashboard } from "../shell/area";

export const administration: AreaOfDashboard = {
  heading: "app.menu.administration",
  resources: [],
  pages: [],
  menu: [],
};
