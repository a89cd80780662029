/** A chart over time by uPlot, in the theme's colours; light, and fast enough to move each second. Load it lazily. */
import "uplot/dist/uPlot.min.css";
import "./chart.css";

import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { useEffect, useRef } from "react";
import UPlot from "uplot";

import { time } from "../i18n/formats";

export interface Series {
  label: string;
  /** One value per instant; null leaves a gap. */
  values: (number | null)[];
}
interface Props {
  /** Unix seconds, ascending. */
  at: number[];
  series: Series[];
  /** A value in words, for the axis and the legend. */
  format: (value: number) => string;
  height?: number;
  /** Bars from zero instead of lines. */
  filled?: boolean;
  /** Top of the scale, where it is known (100 for percent). */
  most?: number;
  /** Where the scale ends at least: an axis of nothing but noughts says nothing. */
  least?: number;
  timeLabel: string;
  /** What the chart shows, for those who do not see it. */
  label: string;
}

const AXIS_SIZE_PX = 76;
const DAY_S = 86_400;

/** Times on the axis: with the date where the chart spans days. */
function ticks(span: number): (_: UPlot, splits: number[]) => string[] {
  const options: Intl.DateTimeFormatOptions =
    span > 2 * DAY_S ? { month: "short", day: "numeric" } : { hour: "2-digit", minute: "2-digit", ...(span < 300 && { second: "2-digit" }) };
  return (_, splits) => splits.map((each) => time(new Date(each * 1000), options));
}

/** The axis' figures, each once: of steps finer than the format, the first stands for all. */
function eachOnce(texts: string[]): string[] {
  return texts.map((text, index) => (text === texts[index - 1] ? "" : text));
}

function optionsFor(props: Props, width: number, colours: { series: string[]; text: string; line: string }): UPlot.Options {
  const { at, series, format, height = 200, filled = false, most, least = 1 } = props;
  const span = (at.at(-1) ?? 0) - (at[0] ?? 0);
  const axis = { stroke: colours.text, grid: { stroke: colours.line, width: 1 }, ticks: { show: false }, font: "12px system-ui" };
  return {
    width,
    height,
    padding: [12, 36, 0, 0],
    cursor: { points: { size: 6 }, drag: { x: false, y: false } },
    legend: { live: true },
    scales: { y: { range: (_plot, _low, high) => [0, most ?? Math.max(high * 1.1, least)] } },
    axes: [
      { ...axis, values: ticks(span), space: 76, size: 30 },
      { ...axis, values: (_, splits) => eachOnce(splits.map(format)), size: AXIS_SIZE_PX },
    ],
    series: [
      { label: props.timeLabel, value: (_, value: number | null) => (value === null ? "–" : time(new Date(value * 1000), { dateStyle: "medium", timeStyle: "medium" })) },
      ...series.map((each, index): UPlot.Series => {
        const stroke = colours.series[index % colours.series.length] ?? colours.text;
        return {
          label: each.label,
          stroke,
          width: 1.75,
          points: { show: false },
          value: (_, value: number | null) => (value === null ? "–" : format(value)),
          ...(filled && { fill: `${stroke}33` }),
        };
      }),
    ],
  };
}

/** What makes uPlot begin anew; fresh data alone does not. */
function shapeOf({ series, height, filled, most, least, at }: Props): string {
  const span = (at.at(-1) ?? 0) - (at[0] ?? 0);
  return JSON.stringify([series.map((each) => each.label), height, filled, most, least, span > 2 * DAY_S, span < 300]);
}

export default function Chart(props: Props) {
  const theme = useTheme();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const latest = useRef(props);
  const shape = shapeOf(props);
  useEffect(() => {
    latest.current = props;
    plot.current?.setData([props.at, ...props.series.map((each) => each.values)]);
  });
  useEffect(() => {
    const place = box.current;
    if (place === null) return undefined;
    const { at, series } = latest.current;
    const colours = { series: theme.palette.series, text: theme.palette.text.secondary, line: theme.palette.divider };
    const made = new UPlot(optionsFor(latest.current, place.clientWidth, colours), [at, ...series.map((each) => each.values)], place);
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: place.clientWidth, height: latest.current.height ?? 200 }));
    watcher.observe(place);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, theme]);
  return <Box ref={box} dir="ltr" role="img" aria-label={props.label} sx={{ width: "100%", minHeight: (props.height ?? 200) + 32, color: "text.primary" }} />;
}
