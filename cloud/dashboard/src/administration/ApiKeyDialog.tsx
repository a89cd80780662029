/** A new API key: its name, its end, what it may do; then the key itself, which nothing shows again. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { maxLength, required, SelectInput, TextInput, useTranslate } from "react-admin";

import { api, bodyOf } from "../api/client";
import type { Area, Me, Schemas } from "../api/types";
import { FormDialog } from "../shell/FormDialog";
import { OnceDialog } from "../shell/OnceDialog";

const DAY_MS = 86_400_000;
const DAYS = [7, 30, 90, 365];
/** What an area offers to a key; a terminal is for people alone. */
const NOT_FOR_KEYS: Area[] = ["terminals"];

/** The dialogue goes on: the key is still to be shown. */
const stay = () => undefined;

/** What may be given: never more than its owner has. */
export function areasFor(me: Pick<Me, "rights">): [Area, "read" | "write"][] {
  const areas = Object.keys(me.rights);
  return areas.flatMap((area): [Area, "read" | "write"][] => {
    const right = me.rights[area];
    return right === undefined || right === "none" || NOT_FOR_KEYS.includes(area) ? [] : [[area, right]];
  });
}

/** The body of the request: areas left at "none" are left out. */
export function keyOf(values: Record<string, unknown>, now: number): Schemas["ApiKeyIn"] {
  const chosen = Object.entries((values.rights ?? {}) as Record<string, string>).filter(([, right]) => right === "read" || right === "write");
  return {
    name: String(values.name),
    expires_at: new Date(now + Number(values.days) * DAY_MS).toISOString(),
    rights: Object.fromEntries(chosen),
  } as Schemas["ApiKeyIn"];
}

export function ApiKeyDialog({ me, onClose }: { me: Me; onClose: () => void }) {
  const translate = useTranslate();
  const [made, setMade] = useState<string | null>(null);
  const create = async (values: Record<string, unknown>) => {
    const created = await bodyOf(api.POST("/api/v1/auth/api-keys", { body: keyOf(values, Date.now()) }));
    setMade(created.key);
  };
  if (made !== null) {
    const words = { title: translate("administration.keys.made"), text: translate("administration.keys.once"), label: translate("administration.keys.title"), done: translate("administration.keys.kept") };
    return <OnceDialog {...words} secret={made} onClose={onClose} />;
  }
  return (
    <FormDialog title={translate("administration.keys.create")} action={translate("administration.keys.make")} defaults={{ days: 90 }} onSubmit={create} onDone={stay} onClose={onClose}>
      <TextInput source="name" label="administration.keys.name" helperText="administration.keys.name_help" validate={[required(), maxLength(200)]} autoFocus fullWidth />
      <SelectInput source="days" label="administration.keys.days" choices={DAYS.map((id) => ({ id, name: translate("administration.keys.day", { smart_count: id }) }))} validate={required()} fullWidth />
      <Typography variant="h3" component="h3" gutterBottom>
        {translate("administration.keys.rights")}
      </Typography>
      <Box sx={{ display: "grid", columnGap: 2, gridTemplateColumns: { xs: "1fr", sm: "1fr 1fr" } }}>
        {areasFor(me).map(([area, most]) => (
          <SelectInput
            key={area}
            source={`rights.${area}`}
            label={`administration.area.${area}`}
            emptyText="administration.right.none"
            choices={(most === "write" ? ["read", "write"] : ["read"]).map((id) => ({ id, name: `administration.right.${id}` }))}
            helperText={false}
            fullWidth
          />
        ))}
      </Box>
    </FormDialog>
  );
}
