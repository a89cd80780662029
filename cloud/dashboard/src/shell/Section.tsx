/** One matter of a page: a card with its name, what one can do at its end, and its content. */
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Fragment, type ReactNode } from "react";

interface Props {
  title: string;
  text?: string;
  actions?: ReactNode;
  children?: ReactNode;
}

export function Section({ title, text, actions, children }: Props) {
  return (
    <Card component="section" aria-label={title} sx={{ padding: 2 }}>
      <Stack spacing={1.5}>
        <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
          <Typography variant="h2" sx={{ flex: 1, minWidth: "max-content" }}>
            {title}
          </Typography>
          {actions}
        </Stack>
        {text && (
          <Typography color="textSecondary" sx={{ maxWidth: "72ch" }}>
            {text}
          </Typography>
        )}
        {children}
      </Stack>
    </Card>
  );
}

/** Names and values, one a line. */
export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <Box component="dl" sx={{ display: "grid", rowGap: 0.75, columnGap: 3, margin: 0, gridTemplateColumns: { xs: "1fr", sm: "max-content 1fr" } }}>
      {rows.map(([name, value]) => (
        <Fragment key={name}>
          <Typography component="dt" color="textSecondary">
            {name}
          </Typography>
          <Typography component="dd" sx={{ margin: 0, overflowWrap: "anywhere", marginBlockEnd: { xs: 0.75, sm: 0 } }}>
            {value ?? "–"}
          </Typography>
        </Fragment>
      ))}
    </Box>
  );
}
