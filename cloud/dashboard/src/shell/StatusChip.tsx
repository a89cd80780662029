/** A state as icon, word and colour: never colour alone. */
import CheckCircleIcon from "@mui/icons-material/CheckCircleOutlined";
import DoNotDisturbIcon from "@mui/icons-material/DoNotDisturbOnOutlined";
import ErrorIcon from "@mui/icons-material/ErrorOutlined";
import HourglassIcon from "@mui/icons-material/HourglassTopOutlined";
import WarningIcon from "@mui/icons-material/WarningAmberOutlined";
import Chip from "@mui/material/Chip";
import Tooltip from "@mui/material/Tooltip";

/** `busy`: under way and not proved yet; `off`: at rest, nobody's fault. */
export type Tone = "good" | "bad" | "warn" | "busy" | "off";

const LOOKS = {
  good: { icon: CheckCircleIcon, color: "success" },
  bad: { icon: ErrorIcon, color: "error" },
  warn: { icon: WarningIcon, color: "warning" },
  busy: { icon: HourglassIcon, color: "info" },
  off: { icon: DoNotDisturbIcon, color: "default" },
} as const;

/** The icon of a tone, where there is no room for a chip. */
export const TONE_ICONS = { good: CheckCircleIcon, bad: ErrorIcon, warn: WarningIcon, busy: HourglassIcon, off: DoNotDisturbIcon } as const;

interface Props {
  tone: Tone;
  label: string;
  /** Said on hover. */
  why?: string;
}

export function StatusChip({ tone, label, why }: Props) {
  const { icon: Icon, color } = LOOKS[tone];
  const chip = <Chip icon={<Icon aria-hidden />} label={label} color={color} variant="outlined" />;
  return why ? <Tooltip title={why}>{chip}</Tooltip> : chip;
}
