/** The top of a router's page: how it is, its figures now, and what one can do with it. */
import RestartIcon from "@mui/icons-material/RestartAltOutlined";
import KeyIcon from "@mui/icons-material/VpnKeyOutlined";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { Confirm, EditButton, ReferenceField, Title, useNotify, useRefresh, useTranslate } from "react-admin";

import { api, bodyOf } from "../api/client";
import { messageOf } from "../api/problems";
import type { Router } from "../api/types";
import { bytes, duration, percent, rate } from "../i18n/formats";
import { Figure } from "../shell/Figure";
import { useMay } from "../shell/useMe";
import { When } from "../shell/When";
import { sendCommand } from "./commands";
import { runsAgent } from "./condition";
import { ConditionChip } from "./ConditionChip";
import { EnrolmentDialog, type Secrets } from "./EnrolmentDialog";
import { guestsOf, usedPercent, wanOf } from "./latest";

export function RouterHead({ router }: { router: Router }) {
  const translate = useTranslate();
  const writes = useMay("routers", "write");
  return (
    <Stack spacing={2}>
      <Title title={router.name} />
      <Stack direction="row" spacing={1.5} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
        <ConditionChip router={router} />
        <Typography color="textSecondary" component="div" sx={{ flex: 1 }}>
          <ReferenceField source="host_id" reference="hosts" link={false} />
          {[router.agent?.model, router.agent?.release].map((each) => each && ` · ${each}`)}
          {!router.online && router.last_seen_at && (
            <>
              {" · "}
              {translate("routers.last_seen")} <When at={router.last_seen_at} relative />
            </>
          )}
        </Typography>
        {writes && <Actions router={router} />}
      </Stack>
      {(router.attention ?? []).map((each) => (
        <Alert key={each} severity="warning">
          {translate(`routers.attention.${each}`)}
        </Alert>
      ))}
      {router.latest_sample && <Now router={router} />}
    </Stack>
  );
}

function Now({ router }: { router: Router }) {
  const translate = useTranslate();
  const sample = router.latest_sample;
  const wan = wanOf(sample);
  const memory = usedPercent(sample?.memory_total_bytes, sample?.memory_available_bytes);
  const figures: [string, string, string?][] = [
    ["cpu", percent(sample?.cpu_percent), sample?.temperature_c == null ? undefined : `${Math.round(sample.temperature_c)} °C`],
    ["memory", percent(memory), translate("routers.of", { what: bytes(sample?.memory_total_bytes) })],
    ["down", rate(wan?.rx_bps)],
    ["up", rate(wan?.tx_bps)],
    ["clients", String(guestsOf(sample) ?? "–")],
    ["latency", sample?.latency_ms == null ? "–" : `${Math.round(sample.latency_ms)} ms`, translate("routers.loss", { percent: percent(sample?.loss_percent, 1) })],
    ["uptime", duration(sample?.uptime_s)],
  ];
  return (
    <Box sx={{ display: "grid", gap: 1, gridTemplateColumns: { xs: "1fr 1fr", sm: "repeat(4, 1fr)", lg: "repeat(7, 1fr)" } }}>
      {figures.map(([name, value, note]) => (
        <Figure key={name} dense name={translate(`routers.now.${name}`)} value={value} {...(note !== undefined && { note })} />
      ))}
    </Box>
  );
}

function Actions({ router }: { router: Router }) {
  return (
    <Stack direction="row" spacing={1}>
      {runsAgent(router.nas_kind) && <FreshCode router={router} />}
      {router.online && <Reboot router={router} />}
      <EditButton record={router} resource="routers" />
    </Stack>
  );
}

function FreshCode({ router }: { router: Router }) {
  const translate = useTranslate();
  const notify = useNotify();
  const [asking, setAsking] = useState(false);
  const [secrets, setSecrets] = useState<Secrets | null>(null);
  const issue = async () => {
    setAsking(false);
    try {
      const path = { router_id: router.id };
      const code = await bodyOf(api.POST("/api/v1/routers/{router_id}/enrolment-code", { params: { path } }));
      setSecrets({ cloud_url: code.cloud_url, enrolment_code: code.enrolment_code, enrolment_code_expires_at: code.expires_at });
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
  };
  return (
    <>
      <Button startIcon={<KeyIcon />} onClick={() => setAsking(true)}>
        {translate("routers.fresh_code")}
      </Button>
      <Confirm isOpen={asking} title={translate("routers.fresh_code")} content={translate("routers.fresh_code_text")} onConfirm={() => void issue()} onClose={() => setAsking(false)} />
      {secrets && <EnrolmentDialog secrets={secrets} onClose={() => setSecrets(null)} />}
    </>
  );
}

function Reboot({ router }: { router: Router }) {
  const translate = useTranslate();
  const notify = useNotify();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const send = async () => {
    setAsking(false);
    try {
      await sendCommand(router.id, { kind: "reboot" });
      notify("routers.bulk.sent", { messageArgs: { smart_count: 1, name: translate("routers.command.reboot") } });
      refresh();
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
  };
  return (
    <>
      <Button startIcon={<RestartIcon />} onClick={() => setAsking(true)}>
        {translate("routers.command.reboot")}
      </Button>
      <Confirm
        isOpen={asking}
        title={translate("routers.bulk.title", { smart_count: 1, name: translate("routers.command.reboot") })}
        content={translate("routers.command_text.reboot")}
        onConfirm={() => void send()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
