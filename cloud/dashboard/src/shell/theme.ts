/** How SpotFi looks: a calm teal on cool greys, dense, system fonts, no shadows where a line will do. Light and dark. */
import { createTheme, type PaletteMode, type Theme } from "@mui/material/styles";

declare module "@mui/material/styles" {
  interface Palette {
    /** Lines of charts, in order; told apart in both themes and by the colour-blind. */
    series: string[];
  }
  interface PaletteOptions {
    series?: string[];
  }
}

const SYSTEM_FONTS =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic", "Liberation Sans", Arial, sans-serif';
export const MONOSPACE = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace';

const PALETTES = {
  light: {
    primary: { main: "#0f766e", dark: "#115e59", light: "#14b8a6", contrastText: "#ffffff" },
    secondary: { main: "#475569" },
    success: { main: "#15803d" },
    warning: { main: "#b45309" },
    error: { main: "#b91c1c" },
    info: { main: "#1d4ed8" },
    background: { default: "#f5f7f8", paper: "#ffffff" },
    text: { primary: "#172126", secondary: "#52616a" },
    divider: "#dfe5e8",
    series: ["#0f766e", "#c2410c", "#4338ca", "#a16207", "#be185d", "#0369a1"],
  },
  dark: {
    primary: { main: "#2dd4bf", dark: "#14b8a6", light: "#5eead4", contrastText: "#06231f" },
    secondary: { main: "#94a3b8" },
    success: { main: "#4ade80" },
    warning: { main: "#fbbf24" },
    error: { main: "#f87171" },
    info: { main: "#93c5fd" },
    background: { default: "#0f1518", paper: "#161e22" },
    text: { primary: "#e4ebee", secondary: "#9fb0b8" },
    divider: "#28343a",
    series: ["#2dd4bf", "#fb923c", "#a5b4fc", "#fde047", "#f9a8d4", "#7dd3fc"],
  },
} as const;

function typography() {
  return {
    fontFamily: SYSTEM_FONTS,
    fontSize: 13.5,
    h1: { fontSize: "1.5rem", fontWeight: 650, letterSpacing: "-0.01em" },
    h2: { fontSize: "1.05rem", fontWeight: 650 },
    h3: { fontSize: "0.95rem", fontWeight: 650 },
    h6: { fontSize: "1.05rem", fontWeight: 650 },
    button: { textTransform: "none" as const, fontWeight: 600 },
    overline: { textTransform: "none" as const, letterSpacing: 0, lineHeight: 1.6, fontWeight: 600 },
  };
}

function nameOfCheckbox(state: object): { "aria-label"?: string } {
  const name = "aria-label" in state ? state["aria-label"] : undefined;
  return typeof name === "string" ? { "aria-label": name } : {};
}

/** The theme of one mode and one direction of reading. */
export function makeTheme(mode: PaletteMode, direction: "ltr" | "rtl"): Theme {
  const palette = PALETTES[mode];
  return createTheme({
    direction,
    palette: { mode, ...palette, series: [...palette.series] },
    shape: { borderRadius: 8 },
    typography: typography(),
    components: {
      MuiCssBaseline: {
        styleOverrides: {
          "*, *::before, *::after": { "@media (prefers-reduced-motion: reduce)": { transition: "none !important", animation: "none !important" } },
          // Plain links in the theme's colour; those of components bring their own.
          "a:not([class])": { color: palette.primary.main },
          ":focus-visible": { outline: `2px solid ${palette.primary.main}`, outlineOffset: 2 },
        },
      },
      MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: "none" } } },
      MuiCard: { defaultProps: { variant: "outlined" } },
      MuiAppBar: {
        defaultProps: { elevation: 0, color: "inherit" },
        styleOverrides: { root: { backgroundColor: palette.background.paper, borderBottom: `1px solid ${palette.divider}` } },
      },
      MuiButton: { defaultProps: { disableElevation: true, size: "small" } },
      MuiTextField: { defaultProps: { variant: "outlined", size: "small" } },
      MuiFormControl: { defaultProps: { variant: "outlined", size: "small" } },
      MuiFilledInput: { defaultProps: { size: "small" } },
      // Room between a field's explanation and the next field's label.
      MuiFormHelperText: { styleOverrides: { root: { marginBottom: 10 } } },
      // The one in the bar tells nobody anything but that it turns.
      MuiCircularProgress: { defaultProps: { "aria-hidden": true } },
      MuiTooltip: { defaultProps: { arrow: true, enterDelay: 400 } },
      MuiTableCell: {
        styleOverrides: {
          root: { borderColor: palette.divider, fontVariantNumeric: "tabular-nums" },
          head: { fontWeight: 600, color: palette.text.secondary, whiteSpace: "nowrap" },
          sizeSmall: { paddingBlock: 5 },
        },
      },
      MuiTab: { styleOverrides: { root: { minHeight: 42, textTransform: "none" } } },
      MuiTabs: { styleOverrides: { root: { minHeight: 42 } } },
      // react-admin names its checkboxes on the box around them, where no reader looks: the name belongs to the input.
      MuiCheckbox: { defaultProps: { slotProps: { root: { "aria-label": undefined }, input: nameOfCheckbox } } },
      MuiChip: { defaultProps: { size: "small" }, styleOverrides: { root: { fontWeight: 600 } } },
      MuiDialog: { styleOverrides: { paper: { border: `1px solid ${palette.divider}` } } },
    },
  });
}
