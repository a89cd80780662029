/** What a search finds: pages of the menu at once, records once the typing pauses. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type RaRecord, useDataProvider, useTranslate } from "react-admin";

import { may } from "../api/authProvider";
import type { ResourceName } from "../api/resources";
import type { Area } from "../api/types";
import { entriesFor } from "./AppMenu";
import { AREAS } from "./areas";
import { useMe } from "./useMe";

export interface Hit {
  name: string;
  kind: string;
  to: string;
}

const PAUSE_MS = 200;
const PER_KIND = 5;
const SEARCHED: { resource: ResourceName; needs: Area; name: (record: RaRecord) => string }[] = [
  { resource: "routers", needs: "routers", name: (record) => String(record.name) },
  { resource: "subscribers", needs: "guests", name: (record) => String(record.username) },
  { resource: "hosts", needs: "hosts", name: (record) => String(record.name) },
  { resource: "plans", needs: "plans", name: (record) => String(record.name) },
];

function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}

/** Where a found record is shown: its page, or the list where it has none. */
function addressOf(resource: ResourceName, id: string): string | null {
  const pages = AREAS.flatMap((area) => area.resources).find((each) => each.name === resource);
  if (pages?.show) return `/${resource}/${encodeURIComponent(id)}/show`;
  return pages?.edit ? `/${resource}/${encodeURIComponent(id)}` : null;
}

export function useHits(text: string): { hits: Hit[]; searching: boolean } {
  const translate = useTranslate();
  const dataProvider = useDataProvider();
  const me = useMe();
  const wanted = usePaused(text.trim());
  const found = useQuery({
    queryKey: ["search", wanted],
    enabled: wanted !== "" && me !== undefined,
    queryFn: async (): Promise<Hit[]> => {
      const kinds = SEARCHED.filter((each) => may(me, each.needs));
      const lists = await Promise.all(
        kinds.map((each) =>
          dataProvider.getList(each.resource, { pagination: { page: 1, perPage: PER_KIND }, filter: { search: wanted } }),
        ),
      );
      return kinds.flatMap(({ resource, name }, index) =>
        (lists[index]?.data ?? []).flatMap((record: RaRecord) => {
          const to = addressOf(resource, String(record.id));
          const kind = translate(`resources.${resource}.name`, { smart_count: 1 });
          return to === null ? [] : [{ name: name(record), kind, to }];
        }),
      );
    },
  });
  const pages = AREAS.flatMap((area) => entriesFor(me, area.menu)).map(
    (entry): Hit => ({ name: translate(entry.label, { smart_count: 2 }), kind: translate("app.search.page"), to: entry.to }),
  );
  const matching = pages.filter((page) => page.name.toLocaleLowerCase().includes(text.trim().toLocaleLowerCase()));
  const records = wanted === "" ? [] : (found.data ?? []);
  return { hits: [...records, ...matching], searching: found.isFetching || wanted !== text.trim() };
}
