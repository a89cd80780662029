/** How to bring a router in: its one-time code, as text and QR, and the lines to type on it, for opkg and for apk. */
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import Tab from "@mui/material/Tab";
import Tabs from "@mui/material/Tabs";
import Typography from "@mui/material/Typography";
import { lazy, Suspense, useState } from "react";
import { useTranslate } from "react-admin";

import type { Schemas } from "../api/types";
import { CopyLine } from "../shell/CopyLine";
import { When } from "../shell/When";

const QrCode = lazy(() => import("./QrCode"));

/** What a new router's answer, or a fresh code's, shows only once. */
export type Secrets = Partial<Pick<Schemas["RouterCreated"], "cloud_url" | "enrolment_code" | "enrolment_code_expires_at" | "radius_secret" | "nas_identifier">>;

type Packages = "opkg" | "apk";
const INSTALL: Record<Packages, string> = {
  opkg: "opkg update && opkg install spotfi-agent",
  apk: "apk update && apk add spotfi-agent",
};
const START = "/etc/init.d/spotfi-agent enable && /etc/init.d/spotfi-agent restart";

interface Props {
  secrets: Secrets;
  onClose: () => void;
}

export function EnrolmentDialog({ secrets, onClose }: Props) {
  const translate = useTranslate();
  return (
    <Dialog open onClose={(_, reason) => reason !== "backdropClick" && onClose()} maxWidth="sm" fullWidth aria-labelledby="enrolment-title">
      <DialogTitle id="enrolment-title">{translate("routers.enrolment.title")}</DialogTitle>
      <DialogContent>
        <Stack spacing={2}>
          <Alert severity="info">{translate("routers.enrolment.once")}</Alert>
          {secrets.enrolment_code && <WithAgent code={secrets.enrolment_code} expiresAt={secrets.enrolment_code_expires_at} cloudUrl={secrets.cloud_url ?? location.origin} />}
          {secrets.radius_secret && (
            <div>
              <Typography variant="h3" gutterBottom>
                {translate("routers.enrolment.radius_secret")}
              </Typography>
              <CopyLine text={secrets.radius_secret} label={translate("routers.enrolment.radius_secret")} />
            </div>
          )}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button variant="contained" onClick={onClose}>
          {translate("routers.enrolment.done")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function WithAgent({ code, expiresAt, cloudUrl }: { code: string; expiresAt: string | null | undefined; cloudUrl: string }) {
  const translate = useTranslate();
  const [packages, setPackages] = useState<Packages>("opkg");
  return (
    <>
      <Stack direction={{ xs: "column", sm: "row" }} spacing={2} sx={{ alignItems: { sm: "center" } }}>
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Typography variant="h3" gutterBottom>
            {translate("routers.enrolment.code")}
          </Typography>
          <CopyLine text={code} label={translate("routers.enrolment.code")} />
          <Typography variant="body2" color="textSecondary" sx={{ marginBlockStart: 0.5 }}>
            {translate("routers.enrolment.until")} <When at={expiresAt} />
          </Typography>
        </Box>
        <Suspense fallback={<Box sx={{ width: 140, height: 140 }} />}>
          <QrCode text={code} label={translate("routers.enrolment.qr")} />
        </Suspense>
      </Stack>
      <div>
        <Tabs value={packages} onChange={(_, value: Packages) => setPackages(value)} aria-label={translate("routers.enrolment.packages")}>
          <Tab value="opkg" label={translate("routers.enrolment.opkg")} />
          <Tab value="apk" label={translate("routers.enrolment.apk")} />
        </Tabs>
        <Stack component="ol" spacing={1.5} sx={{ paddingInlineStart: 2.5, marginBlockEnd: 0 }}>
          <Step text={translate("routers.enrolment.install")} line={INSTALL[packages]} />
          <Step text={translate("routers.enrolment.enrol")} line={`spotfi-agent enroll ${cloudUrl}`} />
          <Step text={translate("routers.enrolment.start")} line={START} />
        </Stack>
      </div>
    </>
  );
}

function Step({ text, line }: { text: string; line: string }) {
  return (
    <li>
      <Typography gutterBottom>{text}</Typography>
      <CopyLine text={line} label={text} />
    </li>
  );
}
