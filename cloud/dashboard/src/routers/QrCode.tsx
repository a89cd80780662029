/** Text as a QR code, dark on light in either theme, because scanners want it so. */
import Box from "@mui/material/Box";
import { encode } from "uqr";

const SIZE_PX = 140;
const QUIET_MODULES = 2;

export default function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: QUIET_MODULES });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return (
    <Box component="svg" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" sx={{ width: SIZE_PX, height: SIZE_PX, flexShrink: 0, borderRadius: 1, bgcolor: "#fff" }}>
      <path d={path} fill="#000" />
    </Box>
  );
}
