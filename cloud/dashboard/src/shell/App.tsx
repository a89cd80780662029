/** The whole dashboard: providers, theme and direction, and the areas' pages as far as the signed-in account may see them. */
import { CacheProvider } from "@emotion/react";
import { MutationCache, QueryClient } from "@tanstack/react-query";
import { lazy, useMemo, useSyncExternalStore } from "react";
import { Admin, CustomRoutes, type I18nProvider, localStorageStore, Resource } from "react-admin";
import { Route } from "react-router-dom";

import { authProvider, may } from "../api/authProvider";
import { dataProvider } from "../api/dataProvider";
import type { Me } from "../api/types";
import { ApiProblem, STALE } from "../api/problems";
import { directionOf, language, onLanguageChange } from "../i18n";
import type { ResourcePages } from "./area";
import { AREAS } from "./areas";
import { styleCache } from "./direction";
import { Frame } from "./Frame";
import { NotFound } from "./NotFound";
import { SignIn } from "./SignIn";
import { makeTheme } from "./theme";

const SetPassword = lazy(() => import("./SetPassword"));
const Overview = lazy(() => import("../overview/Overview"));
const PasswordReset = lazy(() => import("./PasswordReset"));
const RETRIES = 2;

const queryClient: QueryClient = new QueryClient({
  mutationCache: new MutationCache({
    onError: (error) => {
      if (error instanceof ApiProblem && error.code === STALE) void queryClient.invalidateQueries();
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server refused it would refuse again.
      retry: (failures, error) => failures < RETRIES && (!(error instanceof ApiProblem) || error.status === 0 || error.status >= 500),
    },
  },
});
const store = localStorageStore("1", "spotfi");

function resourceOf(pages: ResourcePages, me: Me) {
  const writes = may(me, pages.needs, "write");
  return (
    <Resource
      key={pages.name}
      name={pages.name}
      recordRepresentation={pages.called}
      {...(pages.list && { list: pages.list })}
      {...(pages.show && { show: pages.show })}
      {...(pages.edit && writes && { edit: pages.edit })}
      {...(pages.create && writes && { create: pages.create })}
    />
  );
}

function pagesFor(me: Me) {
  const resources = AREAS.flatMap((area) => area.resources).filter((each) => may(me, each.needs));
  const pages = AREAS.flatMap((area) => area.pages).filter((each) => each.needs === null || may(me, each.needs));
  return (
    <>
      {resources.map((each) => resourceOf(each, me))}
      <CustomRoutes>
        {pages.map(({ path, page: Page }) => (
          <Route key={path} path={path} element={<Page />} />
        ))}
      </CustomRoutes>
    </>
  );
}

export function App({ i18nProvider }: { i18nProvider: I18nProvider }) {
  const direction = directionOf(useSyncExternalStore(onLanguageChange, language));
  const themes = useMemo(() => ({ light: makeTheme("light", direction), dark: makeTheme("dark", direction) }), [direction]);
  return (
    <CacheProvider value={styleCache(direction)}>
      <Admin
        title="SpotFi"
        authProvider={authProvider}
        dataProvider={dataProvider}
        i18nProvider={i18nProvider}
        queryClient={queryClient}
        store={store}
        theme={themes.light}
        darkTheme={themes.dark}
        layout={Frame}
        loginPage={SignIn}
        catchAll={NotFound}
        dashboard={Overview}
        disableTelemetry
        requireAuth
      >
        <CustomRoutes noLayout>
          <Route path="/set-password" element={<SetPassword />} />
          <Route path="/password-reset" element={<PasswordReset />} />
        </CustomRoutes>
        {(me: Me) => pagesFor(me)}
      </Admin>
    </CacheProvider>
  );
}
