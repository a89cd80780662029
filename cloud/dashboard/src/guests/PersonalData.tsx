/** What somebody may ask for: all that is known of them as a file, and to be forgotten. */
import MoreIcon from "@mui/icons-material/MoreVertOutlined";
import IconButton from "@mui/material/IconButton";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { useState } from "react";
import { Confirm, useNotify, useRedirect, useRefresh, useTranslate } from "react-admin";

import { api } from "../api/client";
import { saveFile } from "../api/download";
import { messageOf } from "../api/problems";
import { useMay } from "../shell/useMe";
import type { Subscriber } from "./condition";

export function PersonalData({ subscriber }: { subscriber: Subscriber }) {
  const translate = useTranslate();
  const notify = useNotify();
  const writes = useMay("guests", "write");
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [asking, setAsking] = useState(false);
  const save = async () => {
    setAnchor(null);
    try {
      await saveFile(`/api/v1/subscribers/${subscriber.id}/export`, `${subscriber.username}.json`);
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
  };
  const ask = () => {
    setAnchor(null);
    setAsking(true);
  };
  if (!writes) return null;
  return (
    <>
      <IconButton aria-label={translate("guests.personal.open")} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
        <MoreIcon />
      </IconButton>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)}>
        <MenuItem onClick={() => void save()}>{translate("guests.personal.export")}</MenuItem>
        <MenuItem onClick={ask} sx={{ color: "error.main" }}>
          {translate("guests.personal.erase")}
        </MenuItem>
      </Menu>
      <Erase subscriber={subscriber} open={asking} onClose={() => setAsking(false)} />
    </>
  );
}

function Erase({ subscriber, open, onClose }: { subscriber: Subscriber; open: boolean; onClose: () => void }) {
  const translate = useTranslate();
  const notify = useNotify();
  const redirect = useRedirect();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const erase = async () => {
    setBusy(true);
    try {
      await api.POST("/api/v1/subscribers/{subscriber_id}/erase", { params: { path: { subscriber_id: subscriber.id } } });
      notify("guests.personal.erased");
      redirect("list", "subscribers");
      refresh();
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
    setBusy(false);
    onClose();
  };
  return (
    <Confirm
      isOpen={open}
      loading={busy}
      confirmColor="warning"
      title={translate("guests.personal.erase_title", { name: subscriber.username })}
      content={translate("guests.personal.erase_text")}
      confirm={translate("guests.personal.erase")}
      onConfirm={() => void erase()}
      onClose={onClose}
    />
  );
}
