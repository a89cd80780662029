/** What may be wider than a phone: scrolls by itself, with the keyboard as well. */
import Box from "@mui/material/Box";
import type { ReactNode } from "react";

export function Wide({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Box role="region" aria-label={label} tabIndex={0} sx={{ overflowX: "auto", "& time, & a": { whiteSpace: "nowrap" } }}>
      {children}
    </Box>
  );
}
