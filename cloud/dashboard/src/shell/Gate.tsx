/** The frame of pages before the login: one card in the middle, with the language to choose. */
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { LocalesMenuButton, Notification } from "react-admin";

import { Logo } from "./Logo";

export function Gate({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box component="main" sx={{ minHeight: "100vh", display: "grid", placeItems: "center", bgcolor: "background.default", padding: 2 }}>
      <Card sx={{ width: "100%", maxWidth: 400, padding: { xs: 2.5, sm: 4 } }}>
        <Box sx={{ display: "flex", justifyContent: "space-between", alignItems: "center", marginBlockEnd: 3 }}>
          <Logo />
          <LocalesMenuButton />
        </Box>
        <Typography variant="h1" sx={{ marginBlockEnd: 2.5 }}>
          {title}
        </Typography>
        {children}
      </Card>
      <Notification />
    </Box>
  );
}
