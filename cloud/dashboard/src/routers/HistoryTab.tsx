/** A router over time, from an hour to a year: the API picks the resolution that fits the span. */
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { Loading, useTranslate } from "react-admin";
import { useSearchParams } from "react-router-dom";

import { api, bodyOf } from "../api/client";
import type { Point } from "../api/types";
import { count, percent, rate } from "../i18n/formats";
import Chart from "../shell/Chart";
import { Message } from "../shell/Message";
import { PageError } from "../shell/PageError";
import { usedPercent } from "./latest";
import type { TabProps } from "./RouterShow";

const HOUR_S = 3600;
const SPANS = { "1h": HOUR_S, "6h": 6 * HOUR_S, "24h": 24 * HOUR_S, "7d": 7 * 24 * HOUR_S, "30d": 30 * 24 * HOUR_S, "1y": 365 * 24 * HOUR_S } as const;
type Span = keyof typeof SPANS;
/** Points a chart can show without becoming a smear. */
const POINTS = 400;
const REFRESH_MS = 60_000;

function isSpan(text: string | null): text is Span {
  return text !== null && text in SPANS;
}

function useHistory(routerId: string, span: Span) {
  return useQuery({
    queryKey: ["telemetry", routerId, span],
    refetchInterval: REFRESH_MS,
    queryFn: ({ signal }) => {
      const to = new Date();
      const from = new Date(to.getTime() - SPANS[span] * 1000);
      const query = { from: from.toISOString(), to: to.toISOString(), step: Math.max(30, Math.round(SPANS[span] / POINTS)) };
      return bodyOf(api.GET("/api/v1/routers/{router_id}/telemetry", { params: { path: { router_id: routerId }, query }, signal }));
    },
  });
}

/** Bits per second over the WAN; where its name is not known, over the interface that carried most. */
function wanRate(points: readonly Point[], device: string | null | undefined, way: "rx_bps" | "tx_bps"): (number | null)[] {
  const names = new Set(points.flatMap((point) => Object.keys(point.interfaces)));
  const busiest = [...names].sort((a, b) => total(points, b) - total(points, a))[0];
  const name = device && names.has(device) ? device : busiest;
  return points.map((point) => (name === undefined ? null : (point.interfaces[name]?.[way] ?? null)));
}

function total(points: readonly Point[], name: string): number {
  return points.reduce((sum, point) => sum + (point.interfaces[name]?.rx_bps ?? 0), 0);
}

function clientsOf(point: Point): number | null {
  const radios = Object.values(point.radios).map((radio) => radio.clients);
  return radios.length === 0 ? null : radios.reduce<number>((sum, clients) => sum + (clients ?? 0), 0);
}

/** Instants and points, with a gap where nothing was heard for more than two steps. */
function withGaps(points: readonly Point[], stepS: number): (Point | number)[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    const gap = before !== undefined && Date.parse(point.at) - Date.parse(before.at) > 2.5 * stepS * 1000;
    return gap ? [Date.parse(before.at) / 1000 + stepS, point] : [point];
  });
}

export default function HistoryTab({ router }: TabProps) {
  const translate = useTranslate();
  const [query, setQuery] = useSearchParams();
  const asked = query.get("span");
  const span = isSpan(asked) ? asked : "24h";
  const { data, error, refetch } = useHistory(router.id, span);
  return (
    <Stack spacing={2}>
      <ToggleButtonGroup exclusive size="small" value={span} onChange={(_, value: Span | null) => value && setQuery({ tab: "history", span: value })} aria-label={translate("routers.history.span")}>
        {(Object.keys(SPANS) as Span[]).map((each) => (
          <ToggleButton key={each} value={each}>
            {translate(`routers.history.${each}`)}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      {error && <PageError error={error} resetErrorBoundary={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.points.length === 0 && <Message title={translate("routers.history.empty")} />}
      {data && data.points.length > 0 && <Charts points={data.points} stepS={data.step_s} device={router.latest_sample?.wan_device} />}
    </Stack>
  );
}

function Charts({ points, stepS, device }: { points: Point[]; stepS: number; device: string | null | undefined }) {
  const translate = useTranslate();
  const rows = withGaps(points, stepS);
  const at = rows.map((row) => (typeof row === "number" ? row : Date.parse(row.at) / 1000));
  const spread = (values: (number | null)[]): (number | null)[] => {
    const next = values[Symbol.iterator]();
    return rows.map((row) => (typeof row === "number" ? null : (next.next().value ?? null)));
  };
  const charts = [
    { name: "throughput", format: rate, lines: [["down", wanRate(points, device, "rx_bps")], ["up", wanRate(points, device, "tx_bps")]] },
    { name: "cpu", format: (value: number) => percent(value), most: 100, lines: [["cpu", points.map((each) => each.cpu_percent)]] },
    { name: "memory", format: (value: number) => percent(value), most: 100, lines: [["memory", points.map((each) => usedPercent(each.memory_total_bytes, each.memory_available_bytes))]] },
    { name: "clients", format: count, lines: [["clients", points.map(clientsOf)]] },
  ] as { name: string; format: (value: number) => string; most?: number; lines: [string, (number | null)[]][] }[];
  return (
    <Box sx={{ display: "grid", gap: 2, gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "repeat(2, minmax(0, 1fr))" } }}>
      {charts.map(({ name, format, most, lines }) => (
        <div key={name}>
          <Typography variant="h3">{translate(`routers.chart.${name}`)}</Typography>
          <Chart
            at={at}
            filled
            format={format}
            {...(most !== undefined && { most })}
            timeLabel={translate("app.time")}
            label={translate(`routers.chart.${name}`)}
            series={lines.map(([label, values]) => ({ label: translate(`routers.now.${label}`), values: spread(values) }))}
          />
        </div>
      ))}
    </Box>
  );
}
