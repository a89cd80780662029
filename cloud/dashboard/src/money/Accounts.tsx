/** One host's money: its tariffs, the running month, its statement and what documents say of it. Host and tab are in the address. */
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Tab from "@mui/material/Tab";
import Tabs from "@mui/material/Tabs";
import { type ComponentType, lazy, type LazyExoticComponent, Suspense } from "react";
import { Loading, Title, useTranslate } from "react-admin";
import { useSearchParams } from "react-router-dom";

import type { Host } from "../api/types";
import { Message } from "../shell/Message";
import { PageError } from "../shell/PageError";
import { HostChoice } from "../shell/HostChoice";
import { useHost } from "./useHost";

export interface AccountTabProps {
  host: Host;
}

const TABS: Record<string, LazyExoticComponent<ComponentType<AccountTabProps>>> = {
  tariffs: lazy(() => import("./TariffsTab")),
  month: lazy(() => import("./MonthTab")),
  statement: lazy(() => import("./StatementTab")),
  details: lazy(() => import("./DetailsTab")),
};

export default function Accounts() {
  const translate = useTranslate();
  const { host, isPending, error, mayChoose } = useHost();
  return (
    <Stack spacing={2} sx={{ marginBlockStart: 2 }}>
      <Title title={translate("money.accounts.title")} />
      {mayChoose && <HostChoice host={host} />}
      {error && <PageError error={error} />}
      {isPending && <Loading />}
      {!host && !isPending && !error && <Message title={translate("money.accounts.none")} text={translate("money.accounts.none_text")} />}
      {host && <AccountTabs key={host.id} host={host} />}
    </Stack>
  );
}

function AccountTabs({ host }: AccountTabProps) {
  const translate = useTranslate();
  const [query, setQuery] = useSearchParams();
  const asked = query.get("tab") ?? "";
  const current = asked in TABS ? asked : "tariffs";
  const Page = TABS[current];
  return (
    <Card>
      <Tabs
        value={current}
        onChange={(_, tab: string) => setQuery({ host: host.id, tab })}
        variant="scrollable"
        allowScrollButtonsMobile
        aria-label={translate("money.accounts.title")}
        sx={{ borderBottom: 1, borderColor: "divider" }}
      >
        {Object.keys(TABS).map((name) => (
          <Tab key={name} value={name} label={translate(`money.accounts.tab.${name}`)} id={`tab-${name}`} aria-controls="tab-panel" />
        ))}
      </Tabs>
      <Box id="tab-panel" role="tabpanel" aria-labelledby={`tab-${current}`} sx={{ padding: { xs: 1.5, sm: 2 }, minHeight: 320 }}>
        <Suspense fallback={<Loading />}>{Page && <Page host={host} />}</Suspense>
      </Box>
    </Card>
  );
}
