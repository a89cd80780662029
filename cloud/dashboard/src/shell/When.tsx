/** An instant in the viewer's zone; UTC on hover. `relative`: how long ago, kept current. */
import Tooltip from "@mui/material/Tooltip";
import { useEffect, useState } from "react";

import { ago, time, utc } from "../i18n/formats";

const TICK_MS = 10_000;

interface Props {
  at: string | null | undefined;
  relative?: boolean;
}

export function When({ at, relative = false }: Props) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!relative) return undefined;
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [relative]);
  if (!at) return <>–</>;
  const hover = relative ? `${time(at)} · ${utc(at)}` : utc(at);
  return (
    <Tooltip title={hover}>
      <time dateTime={at}>{relative ? ago(at, now) : time(at)}</time>
    </Tooltip>
  );
}
