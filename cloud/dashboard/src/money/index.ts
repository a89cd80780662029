/** The area `money`: what it shows, each page loaded when first opened. */
import type { AreaOfDashboard } from "../shell/area";

export const money: AreaOfDashboard = {
  heading: "app.menu.money",
  resources: [],
  pages: [],
  menu: [],
};
