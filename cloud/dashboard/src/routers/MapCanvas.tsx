/** A map to pull and zoom with pointer, fingers, wheel and keys: lines of degrees, tiles where there is a server, and whatever stands on it. */
import AddIcon from "@mui/icons-material/AddOutlined";
import FitIcon from "@mui/icons-material/ZoomOutMapOutlined";
import RemoveIcon from "@mui/icons-material/RemoveOutlined";
import Box from "@mui/material/Box";
import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslate } from "react-admin";

import { Graticule } from "./Graticule";
import { type Place, panned, type Size, type View, viewOf, zoomed } from "./mapView";
import { Tiles } from "./Tiles";
import { usePulling } from "./usePulling";

export type Change = (known: View | null) => View;
interface Props {
  /** Null: all of `fit` is shown. */
  view: View | null;
  fit: readonly Place[];
  onMove: (change: Change) => void;
  /** Shows all of `fit` again. */
  onFit: () => void;
  tilesUrl: string | null;
  label: string;
  children: (view: View, size: Size) => ReactNode;
}

const STEP_PX = 80;
const KEYS: Record<string, [number, number]> = { ArrowLeft: [STEP_PX, 0], ArrowRight: [-STEP_PX, 0], ArrowUp: [0, STEP_PX], ArrowDown: [0, -STEP_PX] };

function useSize(box: React.RefObject<HTMLDivElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const place = box.current;
    if (place === null) return undefined;
    const watcher = new ResizeObserver(() => setSize({ width: place.clientWidth, height: place.clientHeight }));
    watcher.observe(place);
    return () => watcher.disconnect();
  }, [box]);
  return size;
}

export function MapCanvas({ view, fit, onMove, onFit, tilesUrl, label, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const shown = view ?? viewOf(fit, size);
  const move = (change: (known: View) => View) => onMove((known) => change(known ?? shown));
  const zoomBy = (by: number) => move((known) => zoomed(known, by, { x: size.width / 2, y: size.height / 2 }, size));
  const pulling = usePulling(box, size, move);
  const onKey = (event: KeyboardEvent) => {
    const step = KEYS[event.key];
    if (event.target !== event.currentTarget) return;
    if (step) move((known) => panned(known, ...step));
    else if (event.key === "+" || event.key === "=") zoomBy(1);
    else if (event.key === "-") zoomBy(-1);
    else return;
    event.preventDefault();
  };
  return (
    <Box
      ref={box}
      role="application"
      aria-label={label}
      tabIndex={0}
      dir="ltr"
      onKeyDown={onKey}
      {...pulling}
      sx={{ position: "relative", overflow: "hidden", touchAction: "none", userSelect: "none", cursor: "grab", height: { xs: "62vh", sm: "70vh" }, minHeight: 320, bgcolor: "background.default" }}
    >
      {size.width > 0 && (
        <>
          {tilesUrl !== null && <Tiles url={tilesUrl} view={shown} size={size} />}
          <Graticule view={shown} size={size} />
          {children(shown, size)}
          <Buttons onZoom={zoomBy} onFit={onFit} />
        </>
      )}
    </Box>
  );
}

function Buttons({ onZoom, onFit }: { onZoom: (by: number) => void; onFit: () => void }) {
  const translate = useTranslate();
  const buttons = [
    { name: "nearer", icon: <AddIcon fontSize="small" />, press: () => onZoom(1) },
    { name: "farther", icon: <RemoveIcon fontSize="small" />, press: () => onZoom(-1) },
    { name: "all", icon: <FitIcon fontSize="small" />, press: onFit },
  ];
  return (
    <Stack sx={{ position: "absolute", insetBlockStart: 12, insetInlineEnd: 12, bgcolor: "background.paper", border: 1, borderColor: "divider", borderRadius: 1 }}>
      {buttons.map(({ name, icon, press }) => (
        <IconButton key={name} size="small" onClick={press} aria-label={translate(`routers.map.${name}`)} title={translate(`routers.map.${name}`)}>
          {icon}
        </IconButton>
      ))}
    </Stack>
  );
}
