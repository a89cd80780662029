/** What surrounds every page: bar, menu, search from anywhere, and the place where errors are told. */
import Box from "@mui/material/Box";
import { Suspense, useEffect, useState } from "react";
import { Layout, type LayoutProps, Loading, Sidebar } from "react-admin";

import { AppMenu } from "./AppMenu";
import { Bar } from "./Bar";
import { PageError } from "./PageError";
import { Search } from "./Search";
import { SearchContext } from "./searchContext";

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function useSearchKeys(open: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isShortcut = (event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !isTyping(event.target));
      if (!isShortcut) return;
      event.preventDefault();
      open();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [open]);
}

function Side(props: { children: React.ReactNode }) {
  return <Sidebar {...props} appBarAlwaysOn sx={{ "& .RaSidebar-fixed": { paddingBlockStart: 1 } }} />;
}

export function Frame({ children }: LayoutProps) {
  const [searching, setSearching] = useState(false);
  const [openSearch] = useState(() => () => setSearching(true));
  useSearchKeys(openSearch);
  return (
    <SearchContext value={openSearch}>
      <Layout
        appBar={Bar}
        appBarAlwaysOn
        menu={AppMenu}
        sidebar={Side}
        error={PageError}
        sx={{
          minWidth: 0,
          "& .RaLayout-appFrame": { marginTop: { xs: 7, sm: 7 } },
          "& .RaLayout-content": { minWidth: 0, padding: { xs: 1, sm: 2 }, paddingBlockEnd: 4, bgcolor: "background.default" },
        }}
      >
        <Suspense fallback={<Loading />}>
          <Box sx={{ width: "100%", maxWidth: 1680, marginInline: "auto" }}>{children}</Box>
        </Suspense>
      </Layout>
      <Search open={searching} onClose={() => setSearching(false)} />
    </SearchContext>
  );
}
