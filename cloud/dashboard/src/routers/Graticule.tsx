/** Lines of round degrees, with their figures at the edges: what the map shows where there are no tiles, and above them. */
import Box from "@mui/material/Box";

import { graticuleOf, type Size, type View } from "./mapView";

const EDGE_PX = 4;

function degrees(value: number, positive: string, negative: string): string {
  return `${Number(Math.abs(value).toFixed(4))}° ${value < 0 ? negative : positive}`;
}

export function Graticule({ view, size }: { view: View; size: Size }) {
  const { meridians, parallels } = graticuleOf(view, size);
  return (
    <Box component="svg" aria-hidden width={size.width} height={size.height} sx={{ position: "absolute", inset: 0, "& line": { stroke: (theme) => theme.palette.divider }, "& text": { fill: (theme) => theme.palette.text.secondary, fontSize: 11 } }}>
      {meridians.map(([degree, x]) => (
        <g key={`m${degree}`}>
          <line x1={x} x2={x} y1={0} y2={size.height} />
          <text x={x + EDGE_PX} y={size.height - EDGE_PX}>
            {degrees(((degree + 540) % 360) - 180, "E", "W")}
          </text>
        </g>
      ))}
      {parallels.map(([degree, y]) => (
        <g key={`p${degree}`}>
          <line x1={0} x2={size.width} y1={y} y2={y} />
          <text x={EDGE_PX} y={y - EDGE_PX}>
            {degrees(degree, "N", "S")}
          </text>
        </g>
      ))}
    </Box>
  );
}
