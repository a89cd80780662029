/** Words in the place of content: nothing there yet, nothing found, something wrong. */
import type { SvgIconComponent } from "@mui/icons-material";
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

interface Props {
  title: string;
  text?: string;
  icon?: SvgIconComponent;
  action?: ReactNode;
}

export function Message({ title, text, icon: Icon, action }: Props) {
  return (
    <Stack spacing={1} sx={{ alignItems: "center", textAlign: "center", paddingBlock: 6, paddingInline: 2 }}>
      {Icon && <Icon sx={{ fontSize: 40, color: "text.secondary" }} aria-hidden />}
      <Typography variant="h2" component="p">
        {title}
      </Typography>
      {text && (
        <Typography color="textSecondary" sx={{ maxWidth: "52ch" }}>
          {text}
        </Typography>
      )}
      {action && <Box sx={{ paddingBlockStart: 1 }}>{action}</Box>}
    </Stack>
  );
}
