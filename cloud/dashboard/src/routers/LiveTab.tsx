/** The router each second: asks it for a sample a second while this page is open and seen, and draws the last two minutes. */
import PlayIcon from "@mui/icons-material/PlayArrowOutlined";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useEffect, useState } from "react";
import { useTranslate } from "react-admin";

import { api } from "../api/client";
import { messageOf } from "../api/problems";
import type { Router, Sample } from "../api/types";
import { count, percent, rate } from "../i18n/formats";
import Chart, { type Series } from "../shell/Chart";
import { Message } from "../shell/Message";
import { StatusChip } from "../shell/StatusChip";
import { guestsOf, usedPercent, wanOf } from "./latest";
import type { TabProps } from "./RouterShow";

const SHOWN = 120;
const WATCH_S = 60;
const RENEW_MS = 45_000;
/** So long is watched without anybody asking again: a page left open must not load a router for ever. */
const LONGEST_MS = 10 * 60_000;

/** Keeps asking the router for live samples; `until` ends by itself. */
function useWatch(router: Router): { watching: boolean; problem: string | null; again: () => void } {
  const [begun, setBegun] = useState(() => Date.now());
  const [watching, setWatching] = useState(router.online);
  const [problem, setProblem] = useState<string | null>(null);
  const { id, online } = router;
  useEffect(() => {
    if (!online) return undefined;
    const ask = async (): Promise<void> => {
      if (document.hidden) return;
      if (Date.now() - begun > LONGEST_MS) {
        setWatching(false);
        return;
      }
      try {
        await api.POST("/api/v1/routers/{router_id}/live", { params: { path: { router_id: id } }, body: { seconds: WATCH_S } });
        setWatching(true);
        setProblem(null);
      } catch (error) {
        setProblem(messageOf(error));
      }
    };
    void ask();
    const timer = setInterval(() => void ask(), RENEW_MS);
    return () => clearInterval(timer);
  }, [id, online, begun]);
  return { watching, problem, again: () => setBegun(Date.now()) };
}

/** The latest samples, oldest first, gathered while the page is open. */
function useSamples(router: Router): Sample[] {
  const [samples, setSamples] = useState<Sample[]>([]);
  const sample = router.latest_sample;
  const last = samples.at(-1);
  if (sample && sample.taken_at !== last?.taken_at && (!last || sample.taken_at > last.taken_at)) {
    setSamples([...samples, sample].slice(-SHOWN));
  }
  return samples;
}

export default function LiveTab({ router }: TabProps) {
  const translate = useTranslate();
  const { watching, problem, again } = useWatch(router);
  const samples = useSamples(router);
  if (!router.online) return <Message title={translate("routers.live.offline")} text={translate("routers.live.offline_text")} />;
  return (
    <Stack spacing={1}>
      <Stack direction="row" spacing={1} sx={{ alignItems: "center" }}>
        <StatusChip tone={problem ? "warn" : watching ? "good" : "off"} label={translate(watching ? "routers.live.on" : "routers.live.ended")} />
        {problem && <Typography color="textSecondary">{problem}</Typography>}
        {!watching && (
          <Button startIcon={<PlayIcon />} onClick={again}>
            {translate("routers.live.again")}
          </Button>
        )}
      </Stack>
      <LiveCharts samples={samples} />
    </Stack>
  );
}

function LiveCharts({ samples }: { samples: Sample[] }) {
  const translate = useTranslate();
  const at = samples.map((sample) => Date.parse(sample.taken_at) / 1000);
  const series = (label: string, value: (sample: Sample) => number | null | undefined): Series => ({
    label: translate(label),
    values: samples.map((sample) => value(sample) ?? null),
  });
  const charts = [
    { name: "throughput", format: rate, most: undefined, lines: [series("routers.now.down", (each) => wanOf(each)?.rx_bps), series("routers.now.up", (each) => wanOf(each)?.tx_bps)] },
    { name: "cpu", format: (value: number) => percent(value), most: 100, lines: [series("routers.now.cpu", (each) => each.cpu_percent)] },
    { name: "memory", format: (value: number) => percent(value), most: 100, lines: [series("routers.now.memory", (each) => usedPercent(each.memory_total_bytes, each.memory_available_bytes))] },
    { name: "clients", format: count, most: undefined, lines: [series("routers.now.clients", guestsOf)] },
  ];
  return (
    <Box sx={{ display: "grid", gap: 2, gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "repeat(2, minmax(0, 1fr))" } }}>
      {charts.map(({ name, format, most, lines }) => (
        <div key={name}>
          <Typography variant="h3">{translate(`routers.chart.${name}`)}</Typography>
          <Chart at={at} series={lines} format={format} {...(most !== undefined && { most })} timeLabel={translate("app.time")} label={translate(`routers.chart.${name}`)} height={170} />
        </div>
      ))}
    </Box>
  );
}
