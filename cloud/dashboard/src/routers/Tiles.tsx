/** The pictures of a tile server below the map, `…/{z}/{x}/{y}.png`, of the zoom that is nearest. One that is missing leaves the ground bare. */
import Box from "@mui/material/Box";

import { type Size, tileAddress, tilesOf, type View } from "./mapView";

export function Tiles({ url, view, size }: { url: string; view: View; size: Size }) {
  return (
    <Box aria-hidden sx={{ position: "absolute", inset: 0, "& img": { position: "absolute", pointerEvents: "none", filter: (theme) => (theme.palette.mode === "dark" ? "invert(0.9) hue-rotate(180deg)" : "none") } }}>
      {tilesOf(view, size).map((tile) => (
        <img
          key={`${tile.z} ${tile.column} ${tile.y}`}
          src={tileAddress(url, tile)}
          alt=""
          draggable={false}
          referrerPolicy="strict-origin-when-cross-origin"
          onError={(event) => (event.currentTarget.style.visibility = "hidden")}
          style={{ left: tile.left, top: tile.top, width: tile.edge, height: tile.edge }}
        />
      ))}
    </Box>
  );
}
