/** Where the dashboard begins: the chosen language's texts first, then the page. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { makeI18nProvider } from "./i18n";
import { App } from "./shell/App";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
const i18nProvider = await makeI18nProvider();
createRoot(root).render(
  <StrictMode>
    <App i18nProvider={i18nProvider} />
  </StrictMode>,
);
