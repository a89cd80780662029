/** The area `guests`: what it shows, each page loaded when first opened. */
import type { AreaOfDashboard } from "../shell/area";

export const guests: AreaOfDashboard = {
  heading: "app.menu.guests",
  resources: [],
  pages: [],
  menu: [],
};
