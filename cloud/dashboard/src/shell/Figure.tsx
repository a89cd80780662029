/** One figure with its name; leads to where it comes from. */
import Card from "@mui/material/Card";
import CardActionArea from "@mui/material/CardActionArea";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { Link } from "react-router-dom";

interface Props {
  name: string;
  value: ReactNode;
  /** A line below: what the figure is of, or compared with. */
  note?: ReactNode;
  /** Address of the list behind the figure. */
  to?: string;
  icon?: ReactNode;
  /** Smaller, where many stand in a row. */
  dense?: boolean;
}

export function Figure({ name, value, note, to, icon, dense = false }: Props) {
  const content = (
    <Stack spacing={0.25} sx={{ padding: dense ? 1.25 : 2, height: "100%" }}>
      <Stack direction="row" spacing={1} sx={{ alignItems: "center", color: "text.secondary" }}>
        {icon}
        <Typography variant="body2" component="h3" sx={{ fontWeight: 600 }}>
          {name}
        </Typography>
      </Stack>
      <Typography component="p" sx={{ fontSize: dense ? "1.15rem" : { xs: "1.35rem", sm: "1.75rem" }, fontWeight: 650, lineHeight: 1.25, fontVariantNumeric: "tabular-nums" }}>
        {value}
      </Typography>
      {note && (
        <Typography variant="body2" color="textSecondary" component="div">
          {note}
        </Typography>
      )}
    </Stack>
  );
  return (
    <Card sx={{ height: "100%" }}>
      {to ? (
        <CardActionArea component={Link} to={to} sx={{ height: "100%" }}>
          {content}
        </CardActionArea>
      ) : (
        content
      )}
    </Card>
  );
}
