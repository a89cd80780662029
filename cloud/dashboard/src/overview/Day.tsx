/** What guests used over the day, as rates: quarter by quarter, gaps being quarters without usage. */
import { useTranslate } from "react-admin";

import type { Schemas } from "../api/types";
import { rate } from "../i18n/formats";
import Chart from "../shell/Chart";

const QUARTER_S = 900;
const QUARTERS = 96;
const BITS = 8;
/** A day without usage is drawn as one, not as fractions of a bit. */
const LEAST_BPS = 1_000;

interface Props {
  at: string;
  quarters: Schemas["QuarterOut"][];
}

export default function Day({ at, quarters }: Props) {
  const translate = useTranslate();
  // The running quarter is not over: it would look like a fall.
  const end = Math.floor(Date.parse(at) / 1000 / QUARTER_S) * QUARTER_S;
  const times = Array.from({ length: QUARTERS }, (_, index) => end - (QUARTERS - index) * QUARTER_S);
  const known = new Map(quarters.map((each) => [Date.parse(each.at) / 1000, each]));
  const ratesOf = (name: "up_bytes" | "down_bytes") => times.map((each) => ((known.get(each)?.[name] ?? 0) * BITS) / QUARTER_S);
  return (
    <Chart
      at={times}
      filled
      height={220}
      least={LEAST_BPS}
      label={translate("overview.day")}
      timeLabel={translate("app.time")}
      format={rate}
      series={[
        { label: translate("overview.down"), values: ratesOf("down_bytes") },
        { label: translate("overview.up"), values: ratesOf("up_bytes") },
      ]}
    />
  );
}
