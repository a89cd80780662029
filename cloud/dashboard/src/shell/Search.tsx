/** Search from anywhere (Ctrl-K or `/`): pages by name; routers, guests, hosts and plans by what the API finds. */
import SearchIcon from "@mui/icons-material/Search";
import Box from "@mui/material/Box";
import Dialog from "@mui/material/Dialog";
import InputBase from "@mui/material/InputBase";
import List from "@mui/material/List";
import ListItemButton from "@mui/material/ListItemButton";
import ListItemText from "@mui/material/ListItemText";
import Typography from "@mui/material/Typography";
import { type KeyboardEvent, useState } from "react";
import { useTranslate } from "react-admin";
import { useNavigate } from "react-router-dom";

import { type Hit, useHits } from "./useHits";

interface Props {
  open: boolean;
  onClose: () => void;
}

const OPTION = (index: number) => `search-hit-${index}`;

export function Search({ open, onClose }: Props) {
  return (
    <Dialog open={open} onClose={onClose} fullWidth maxWidth="sm" sx={{ "& .MuiDialog-container": { alignItems: "flex-start" } }}>
      {open && <SearchBox onDone={onClose} />}
    </Dialog>
  );
}

function SearchBox({ onDone }: { onDone: () => void }) {
  const translate = useTranslate();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const { hits, searching } = useHits(text);
  const at = Math.min(chosen, Math.max(hits.length - 1, 0));
  const go = (hit: Hit | undefined) => {
    if (hit === undefined) return;
    onDone();
    void navigate(hit.to);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setChosen((at + step + hits.length) % Math.max(hits.length, 1));
    else if (event.key === "Enter") go(hits[at]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <Box sx={{ display: "flex", alignItems: "center", gap: 1.5, padding: 2, borderBottom: 1, borderColor: "divider" }}>
        <SearchIcon color="action" aria-hidden />
        <InputBase
          autoFocus
          fullWidth
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKey}
          placeholder={translate("app.search.placeholder")}
          inputProps={{
            role: "combobox",
            "aria-expanded": true,
            "aria-controls": "search-hits",
            "aria-label": translate("app.search.open"),
            ...(hits.length > 0 && { "aria-activedescendant": OPTION(at) }),
          }}
        />
      </Box>
      <List id="search-hits" role="listbox" aria-label={translate("app.search.hits")} dense sx={{ maxHeight: "60vh", overflow: "auto" }}>
        {hits.map((hit, index) => (
          <ListItemButton key={`${hit.to} ${hit.name}`} id={OPTION(index)} role="option" aria-selected={index === at} selected={index === at} onClick={() => go(hit)}>
            <ListItemText primary={hit.name} />
            <Typography variant="body2" color="textSecondary">
              {hit.kind}
            </Typography>
          </ListItemButton>
        ))}
      </List>
      {hits.length === 0 && (
        <Typography color="textSecondary" sx={{ padding: 2 }} role="status">
          {translate(searching ? "app.search.searching" : "app.search.nothing")}
        </Typography>
      )}
    </>
  );
}
