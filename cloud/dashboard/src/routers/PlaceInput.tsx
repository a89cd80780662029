/** Where a router stands, as people paste it from a map: "48.2037, 16.3689"; or where the device in one's hand is. */
import MyLocationIcon from "@mui/icons-material/MyLocationOutlined";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useState } from "react";
import { InputHelperText, useInput, useNotify, useTranslate } from "react-admin";

import { placeFrom } from "./mapView";

const DIGITS = 6;

/** What is no place is kept as typed, and refused here. */
function isPlace(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? "routers.place.form" : undefined;
}

export function PlaceInput() {
  const translate = useTranslate();
  const latitude = useInput({ source: "latitude", validate: isPlace });
  const longitude = useInput({ source: "longitude" });
  const [north, east] = [latitude.field.value, longitude.field.value] as unknown[];
  const ofForm = typeof north === "number" && typeof east === "number" ? `${north}, ${east}` : "";
  const [typed, setTyped] = useState<string | null>(null);
  const type = (text: string) => {
    const place = placeFrom(text);
    setTyped(text);
    latitude.field.onChange(place?.latitude ?? (text.trim() === "" ? null : text));
    longitude.field.onChange(place?.longitude ?? null);
  };
  const problem = latitude.fieldState.error?.message ?? longitude.fieldState.error?.message;
  return (
    <Stack direction={{ xs: "column", sm: "row" }} spacing={1} sx={{ width: "100%", alignItems: "start" }}>
      <TextField
        id={latitude.id}
        label={translate("routers.place.label")}
        value={typed ?? ofForm}
        onChange={(event) => type(event.target.value)}
        onBlur={latitude.field.onBlur}
        inputRef={latitude.field.ref}
        error={problem !== undefined}
        helperText={<InputHelperText error={problem} helperText="routers.place.help" />}
        margin="dense"
        fullWidth
        slotProps={{ htmlInput: { dir: "ltr", autoComplete: "off" } }}
      />
      <Here onFound={type} />
    </Stack>
  );
}

function Here({ onFound }: { onFound: (text: string) => void }) {
  const translate = useTranslate();
  const notify = useNotify();
  const [busy, setBusy] = useState(false);
  // Only pages that came encrypted may ask a device where it is.
  if (!window.isSecureContext) return null;
  const ask = () => {
    setBusy(true);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setBusy(false);
        onFound(`${coords.latitude.toFixed(DIGITS)}, ${coords.longitude.toFixed(DIGITS)}`);
      },
      () => {
        setBusy(false);
        notify("routers.place.unknown", { type: "warning" });
      },
      { enableHighAccuracy: true, timeout: 15_000 },
    );
  };
  return (
    <Button startIcon={<MyLocationIcon />} loading={busy} onClick={ask} sx={{ flexShrink: 0, marginBlockStart: { sm: 1.25 } }}>
      {translate("routers.place.here")}
    </Button>
  );
}
