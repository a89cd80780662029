/** Many guests from a CSV file: choose, look what is wrong line by line, then import. */
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useRef, useState } from "react";
import { AutocompleteInput, Form, ReferenceInput, ResourceContextProvider, useNotify, useRefresh, useTranslate } from "react-admin";
import { useFormContext } from "react-hook-form";

import { saveText } from "../api/download";
import { messageOf } from "../api/problems";
import { ImportReport } from "./ImportReport";
import { importGuests, type ImportOptions, type Report } from "./importing";
import { HostInput } from "./PlanForm";

const SAMPLE = "username,password,plan,valid_from,valid_until,disabled\nroom101,a-password,,2026-07-01,2026-07-08,no\n";

export default function ImportDialog({ onClose }: { onClose: () => void }) {
  const translate = useTranslate();
  return (
    <Dialog open onClose={(_, reason) => reason !== "backdropClick" && onClose()} maxWidth="sm" fullWidth aria-labelledby="import-title">
      <ResourceContextProvider value="subscribers">
        <Form record={{}}>
          <DialogTitle id="import-title">{translate("guests.import.title")}</DialogTitle>
          <Steps onClose={onClose} />
        </Form>
      </ResourceContextProvider>
    </Dialog>
  );
}

function Steps({ onClose }: { onClose: () => void }) {
  const translate = useTranslate();
  const notify = useNotify();
  const refresh = useRefresh();
  const { getValues } = useFormContext<ImportOptions>();
  const [file, setFile] = useState<File | null>(null);
  const [report, setReport] = useState<Report | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const send = async (dryRun: boolean) => {
    if (file === null) return;
    setBusy(true);
    setProblem(null);
    try {
      const found = await importGuests(file, getValues(), dryRun);
      setReport(found);
      if (!dryRun && found.problem_count === 0) {
        notify("guests.import.done", { type: "success", messageArgs: { smart_count: found.created } });
        refresh();
        onClose();
      }
    } catch (error) {
      setProblem(translate(messageOf(error), { _: messageOf(error) }));
      setReport(null);
    }
    setBusy(false);
  };
  const choose = (chosen: File | undefined) => {
    setFile(chosen ?? null);
    setReport(null);
    setProblem(null);
  };
  const isGood = report !== null && report.problem_count === 0;

  return (
    <>
      <DialogContent>
        <Stack spacing={1.5}>
          <Typography>{translate("guests.import.text")}</Typography>
          <Chooser file={file} onChoose={choose} />
          <HostInput helperText="guests.host_help" />
          <ReferenceInput source="plan_id" reference="plans">
            <AutocompleteInput filterToQuery={(search: string) => ({ search })} helperText="guests.import.plan_help" fullWidth />
          </ReferenceInput>
          {problem && <Alert severity="error">{problem}</Alert>}
          {report && <ImportReport report={report} />}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{translate("ra.action.cancel")}</Button>
        <Button variant={isGood ? "text" : "contained"} disabled={file === null} loading={busy && !isGood} onClick={() => void send(true)}>
          {translate("guests.import.check")}
        </Button>
        <Button variant="contained" disabled={!isGood} loading={busy && isGood} onClick={() => void send(false)}>
          {translate("guests.import.import", { smart_count: report?.lines ?? 0 })}
        </Button>
      </DialogActions>
    </>
  );
}

function Chooser({ file, onChoose }: { file: File | null; onChoose: (file: File | undefined) => void }) {
  const translate = useTranslate();
  const input = useRef<HTMLInputElement>(null);
  const choose = (list: FileList | null) => {
    onChoose(list?.[0]);
    // The same file, mended, can be chosen again.
    if (input.current) input.current.value = "";
  };
  return (
    <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
      <Button variant="outlined" onClick={() => input.current?.click()}>
        {translate("guests.import.choose")}
      </Button>
      <input ref={input} type="file" accept=".csv,text/csv,text/plain" hidden aria-label={translate("guests.import.choose")} onChange={(event) => choose(event.target.files)} />
      <Typography dir="auto" color={file ? "textPrimary" : "textSecondary"} sx={{ overflowWrap: "anywhere" }}>
        {file?.name ?? translate("guests.import.no_file")}
      </Typography>
      <Button onClick={() => saveText(SAMPLE, "guests.csv")}>{translate("guests.import.sample")}</Button>
    </Stack>
  );
}
