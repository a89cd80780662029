/** Routers on the map: each with its state and, where there is room, its name; those too close together as one, in the worst state of them. */
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import Typography from "@mui/material/Typography";
import { useTranslate } from "react-admin";

import type { Schemas } from "../api/types";
import { count } from "../i18n/formats";
import { TONE_ICONS, type Tone } from "../shell/StatusChip";
import { TONES } from "./condition";
import { type Cluster, clustersOf, type Size, type View } from "./mapView";

export type Positioned = Schemas["PositionOut"];

const PIN_PX = 28;
const NAMED_AT_MOST = 40;
const WORST_FIRST: Positioned["condition"][] = ["offline", "attention", "never", "revoked", "online"];
const COLOURS: Record<Tone, string> = { good: "success.main", bad: "error.main", warn: "warning.main", busy: "info.main", off: "text.secondary" };

/** The state of several as one: the worst of them. */
export function worstOf(members: readonly Positioned[]): Positioned["condition"] {
  return WORST_FIRST.find((condition) => members.some((each) => each.condition === condition)) ?? "online";
}

interface Props {
  items: readonly Positioned[];
  view: View;
  size: Size;
  onOpen: (members: Positioned[]) => void;
}

export function Markers({ items, view, size, onOpen }: Props) {
  const clusters = clustersOf(items, view, size);
  const named = clusters.length <= NAMED_AT_MOST;
  return clusters.map((cluster) => <Marker key={cluster.members[0]?.id} cluster={cluster} named={named} onOpen={onOpen} />);
}

function Marker({ cluster: { at, members }, named, onOpen }: { cluster: Cluster<Positioned>; named: boolean; onOpen: Props["onOpen"] }) {
  const translate = useTranslate();
  const worst = worstOf(members);
  const tone = TONES[worst];
  const Icon = TONE_ICONS[tone];
  const name = members.length === 1 ? (members[0]?.name ?? "") : translate("routers.map.several", { smart_count: members.length });
  return (
    <ButtonBase
      onClick={() => onOpen(members)}
      aria-label={`${name}: ${translate(`routers.condition.${worst}`)}`}
      // Not by `sx`, which is mirrored where people read from the right: east stays on the right.
      style={{ left: at.x, top: at.y }}
      sx={{ position: "absolute", height: PIN_PX, marginBlockStart: `${-PIN_PX / 2}px`, marginInlineStart: `${-PIN_PX / 2}px`, borderRadius: 4, gap: 0.5, color: "text.primary", "&:hover, &:focus-visible": { zIndex: 1 } }}
    >
      <Box sx={{ minWidth: PIN_PX, height: PIN_PX, paddingInline: 0.5, display: "flex", alignItems: "center", justifyContent: "center", gap: 0.25, borderRadius: 4, border: 2, borderColor: COLOURS[tone], color: COLOURS[tone], bgcolor: "background.paper" }}>
        <Icon sx={{ fontSize: 18 }} aria-hidden />
        {members.length > 1 && (
          <Typography component="span" sx={{ fontSize: 13, fontWeight: 700 }}>
            {count(members.length)}
          </Typography>
        )}
      </Box>
      {named && members.length === 1 && (
        <Typography component="bdi" variant="caption" sx={{ maxWidth: 140, paddingInline: 0.5, borderRadius: 1, bgcolor: "background.paper", overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap", fontWeight: 600 }}>
          {name}
        </Typography>
      )}
    </ButtonBase>
  );
}
