/** Choose the host a page is about; the choice is in the address. `none`: what is shown where no host is chosen, which may then be so. */
import Autocomplete from "@mui/material/Autocomplete";
import TextField from "@mui/material/TextField";
import { useState } from "react";
import { useGetList, useTranslate } from "react-admin";
import { useSearchParams } from "react-router-dom";

import type { Host } from "../api/types";

const SHOWN = 25;

export function HostChoice({ host, none }: { host: Host | undefined; none?: string }) {
  const translate = useTranslate();
  const [query, setQuery] = useSearchParams();
  const [typed, setTyped] = useState("");
  const search = typed === host?.name ? "" : typed;
  const { data = [], isFetching } = useGetList<Host>("hosts", {
    pagination: { page: 1, perPage: SHOWN },
    sort: { field: "name", order: "ASC" },
    filter: { search },
  });
  const choose = (chosen: Host | null) => {
    if (!chosen && none === undefined) return;
    const rest = [...query].filter(([name]) => name !== "host");
    setQuery(chosen ? [...rest, ["host", chosen.id]] : rest);
  };
  return (
    <Autocomplete
      options={data}
      value={host ?? null}
      inputValue={typed}
      onInputChange={(_, text) => setTyped(text)}
      onChange={(_, chosen) => choose(chosen)}
      getOptionLabel={(each) => each.name}
      getOptionKey={(each) => each.id}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      filterOptions={(options) => options}
      loading={isFetching}
      noOptionsText={translate("app.search.nothing")}
      loadingText={translate("app.search.searching")}
      sx={{ maxWidth: 420 }}
      renderInput={(params) => <TextField {...params} {...(none !== undefined && { placeholder: none, slotProps: { ...params.slotProps, inputLabel: { shrink: true } } })} label={translate("resources.hosts.name", { smart_count: 1 })} />}
    />
  );
}
