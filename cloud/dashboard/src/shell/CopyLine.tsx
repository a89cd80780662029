/** Text to be typed or pasted elsewhere, with a button that copies it. */
import ContentCopyIcon from "@mui/icons-material/ContentCopyOutlined";
import DoneIcon from "@mui/icons-material/Done";
import Box from "@mui/material/Box";
import IconButton from "@mui/material/IconButton";
import Tooltip from "@mui/material/Tooltip";
import { useState } from "react";
import { useTranslate } from "react-admin";

import { MONOSPACE } from "./theme";

const SHOWN_MS = 2_000;

export function CopyLine({ text, label }: { text: string; label: string }) {
  const translate = useTranslate();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  const said = translate(copied ? "app.copied" : "app.copy", { what: label });
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 0.5, bgcolor: "background.default", border: 1, borderColor: "divider", borderRadius: 1, paddingInlineStart: 1.5 }}>
      <Box component="code" dir="ltr" sx={{ flex: 1, fontFamily: MONOSPACE, fontSize: 13, paddingBlock: 1, overflowWrap: "anywhere", textAlign: "left" }}>
        {text}
      </Box>
      <Tooltip title={said}>
        <IconButton size="small" aria-label={said} onClick={() => void copy()}>
          {copied ? <DoneIcon fontSize="small" color="success" /> : <ContentCopyIcon fontSize="small" />}
        </IconButton>
      </Tooltip>
    </Box>
  );
}
