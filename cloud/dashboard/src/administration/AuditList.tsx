/** Who changed what, when and from where, with the values before and after. */
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { DataTable, ReferenceInput, SelectInput, TextInput, useTranslate } from "react-admin";

import { InstantInput } from "../shell/InstantInput";
import { ListPage } from "../shell/ListPage";
import { When } from "../shell/When";
import { type AuditEntry, changedValues, fieldInWords, nameIn } from "./audit";
import { AuditDialog } from "./AuditDialog";
import { KIND_CHOICES } from "./kinds";

const SHOWN = 3;

const FILTERS = [
  <ReferenceInput key="actor" source="actor_id" reference="staff" perPage={200} alwaysOn>
    <SelectInput optionText="email" emptyText="app.any" label="resources.audit.fields.actor_id" />
  </ReferenceInput>,
  <SelectInput key="kind" source="kind" choices={KIND_CHOICES} alwaysOn emptyText="app.any" />,
  <InstantInput key="since" source="since" />,
  <InstantInput key="until" source="until" />,
  <TextInput key="subject" source="subject_id" slotProps={{ htmlInput: { dir: "ltr" } }} />,
];

const PHONE = {
  primary: (record: unknown) => <What entry={record as AuditEntry} />,
  secondary: (record: unknown) => (
    <>
      <Who entry={record as AuditEntry} /> · <When at={(record as AuditEntry).at} relative />
    </>
  ),
  end: (record: unknown) => <Details entry={record as AuditEntry} />,
};

export default function AuditList() {
  return (
    <ListPage filters={FILTERS} row={false} phone={PHONE}>
      <DataTable.Col source="at" disableSort render={(record) => <When at={(record as AuditEntry).at} />} />
      <DataTable.Col source="actor_id" disableSort render={(record) => <Who entry={record as AuditEntry} />} />
      <DataTable.Col source="kind" disableSort render={(record) => <What entry={record as AuditEntry} />} />
      <DataTable.Col source="after" disableSort render={(record) => <Summary entry={record as AuditEntry} />} />
      <DataTable.Col source="address" disableSort render={(record) => <span dir="ltr">{(record as AuditEntry).address ?? "–"}</span>} />
      <DataTable.Col source="details" label="administration.audit.details" disableSort render={(record) => <Details entry={record as AuditEntry} />} />
    </ListPage>
  );
}

export function Who({ entry }: { entry: AuditEntry }) {
  const translate = useTranslate();
  if (entry.actor_kind === "person") return <bdi>{entry.actor_email ?? translate("administration.audit.gone")}</bdi>;
  const how = translate(`administration.audit.actor.${entry.actor_kind}`);
  // Whoever signs in is nobody yet, and is named.
  if (entry.actor_kind === "nobody" && entry.actor_email !== null) return <bdi>{entry.actor_email}</bdi>;
  return entry.actor_email === null ? <>{how}</> : <bdi>{`${entry.actor_email} (${how})`}</bdi>;
}

export function What({ entry }: { entry: AuditEntry }) {
  const translate = useTranslate();
  const name = nameIn(entry);
  return (
    <>
      {translate(`administration.audit.kind.${entry.kind}`, { _: fieldInWords(entry.kind) })} {translate(`administration.audit.change.${entry.change}`)}
      {name !== null && (
        <>
          : <bdi>{name}</bdi>
        </>
      )}
    </>
  );
}

function Summary({ entry }: { entry: AuditEntry }) {
  const translate = useTranslate();
  if (entry.change !== "update") return null;
  const values = changedValues(entry);
  return (
    <Typography variant="body2" component="div" sx={{ maxWidth: 420 }}>
      {values.slice(0, SHOWN).map(({ field, before, after }) => (
        <div key={field} dir="ltr" style={{ overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}>
          {fieldInWords(field)}: {before ?? "–"} → {after ?? "–"}
        </div>
      ))}
      {values.length > SHOWN && translate("administration.audit.more", { smart_count: values.length - SHOWN })}
    </Typography>
  );
}

function Details({ entry }: { entry: AuditEntry }) {
  const translate = useTranslate();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {translate("administration.audit.details")}
      </Button>
      {open && <AuditDialog entry={entry} onClose={() => setOpen(false)} />}
    </>
  );
}
