/** What an empty system needs, in order: a host, then a router that comes online. */
import CheckIcon from "@mui/icons-material/CheckCircle";
import CircleIcon from "@mui/icons-material/RadioButtonUnchecked";
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useGetList, useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import { hasPage } from "../shell/addresses";
import { useMay } from "../shell/useMe";

const ONE = { pagination: { page: 1, perPage: 1 } };

export function FirstSteps() {
  const translate = useTranslate();
  const hosts = useGetList("hosts", ONE);
  const steps = [
    { name: "host", resource: "hosts", done: (hosts.data?.length ?? 0) > 0, may: useMay("settings", "write") },
    { name: "router", resource: "routers", done: false, may: useMay("routers", "write") },
  ];
  const next = steps.find((step) => !step.done);
  return (
    <Card sx={{ padding: { xs: 2, sm: 4 }, maxWidth: 720, marginInline: "auto" }}>
      <Typography variant="h1" component="h2" gutterBottom>
        {translate("overview.first.title")}
      </Typography>
      <Typography color="textSecondary">{translate("overview.first.text")}</Typography>
      <Stack component="ol" spacing={2} sx={{ listStyle: "none", paddingInlineStart: 0, marginBlockStart: 3 }}>
        {steps.map((step) => (
          <Stack component="li" key={step.name} direction="row" spacing={2} sx={{ alignItems: "center" }}>
            {step.done ? <CheckIcon color="success" titleAccess={translate("overview.first.done")} /> : <CircleIcon color="disabled" aria-hidden />}
            <div style={{ flex: 1 }}>
              <Typography variant="h3">{translate(`overview.first.${step.name}`)}</Typography>
              <Typography variant="body2" color="textSecondary">
                {translate(`overview.first.${step.name}_text`)}
              </Typography>
            </div>
            {!step.done && step.may && hasPage(step.resource, "create") && (
              <Button component={Link} to={`/${step.resource}/create`} variant={step === next ? "contained" : "outlined"}>
                {translate("overview.first.begin")}
              </Button>
            )}
          </Stack>
        ))}
      </Stack>
    </Card>
  );
}
