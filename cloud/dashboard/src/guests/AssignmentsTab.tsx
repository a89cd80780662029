/** Which plan a guest has, had and will have; and what one can do about it. */
import AddIcon from "@mui/icons-material/AddOutlined";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { Confirm, DataTable, ListBase, Pagination, ReferenceField, useNotify, useRefresh, useTranslate } from "react-admin";

import { messageOf } from "../api/problems";
import { bytes } from "../i18n/formats";
import { Message } from "../shell/Message";
import { StatusChip } from "../shell/StatusChip";
import { useMay } from "../shell/useMe";
import { When } from "../shell/When";
import { AssignDialog, ChangeDialog } from "./AssignmentDialog";
import { type Assignment, cancelAssignment, TONES } from "./assignments";
import { devicesInWords, speedInWords } from "./planWords";
import type { TabProps } from "./SubscriberShow";
import { Wide } from "../shell/Wide";

export default function AssignmentsTab({ subscriber }: TabProps) {
  const translate = useTranslate();
  const writes = useMay("guests", "write");
  const [assigning, setAssigning] = useState(false);
  return (
    <Stack spacing={2}>
      {writes && (
        <div>
          <Button variant="contained" startIcon={<AddIcon />} onClick={() => setAssigning(true)}>
            {translate("guests.assignment.assign")}
          </Button>
        </div>
      )}
      <ListBase resource="assignments" filter={{ subscriber_id: subscriber.id }} perPage={25} disableSyncWithLocation>
        <Wide label={translate("guests.tab.plans")}>
          <DataTable bulkActionButtons={false} rowClick={false} size="small" empty={<Message title={translate("guests.assignment.empty")} />}>
            <DataTable.Col source="plan_id" disableSort render={(record) => <PlanOf assignment={record as Assignment} />} />
            <DataTable.Col source="state" disableSort render={(record) => <State assignment={record as Assignment} />} />
            <DataTable.Col source="started_at" disableSort render={(record) => <When at={(record as Assignment).started_at ?? (record as Assignment).starts_at} />} />
            <DataTable.Col source="valid_until" disableSort render={(record) => <Until assignment={record as Assignment} />} />
            <DataTable.Col source="renews" disableSort render={(record) => <Renews assignment={record as Assignment} />} />
            <DataTable.Col source="note" disableSort />
            {writes && <DataTable.Col label={false} source="id" disableSort render={(record) => <Actions assignment={record as Assignment} />} />}
          </DataTable>
        </Wide>
        <Pagination />
      </ListBase>
      {assigning && <AssignDialog subscriber={subscriber} onClose={() => setAssigning(false)} />}
    </Stack>
  );
}

/** The plan, and below it what this guest has in place of its limits. */
function PlanOf({ assignment }: { assignment: Assignment }) {
  const translate = useTranslate();
  const { quota_bytes: quota, rate_down_bps: down, rate_up_bps: up, max_sessions: most } = assignment;
  const own = [quota && bytes(quota), (down ?? up) && speedInWords(translate, assignment), most && devicesInWords(translate, assignment)].filter(Boolean);
  return (
    <>
      <ReferenceField source="plan_id" reference="plans" link="show" />
      {own.length > 0 && (
        <Typography variant="caption" color="textSecondary" component="div">
          {translate("guests.assignment.own")} {own.join(" · ")}
        </Typography>
      )}
    </>
  );
}

function State({ assignment }: { assignment: Assignment }) {
  const translate = useTranslate();
  const why = assignment.end_reason === null ? {} : { why: translate(`guests.assignment.reason.${assignment.end_reason}`) };
  return <StatusChip tone={TONES[assignment.state]} label={translate(`guests.assignment.state.${assignment.state}`)} {...why} />;
}

function Until({ assignment }: { assignment: Assignment }) {
  const translate = useTranslate();
  const at = assignment.ended_at ?? assignment.valid_until;
  return at ? <When at={at} /> : <>{translate("guests.plan.no_end")}</>;
}

function Renews({ assignment }: { assignment: Assignment }) {
  const translate = useTranslate();
  if (!assignment.renews && assignment.renewals === 0) return <>–</>;
  const times = translate("guests.assignment.renewals", { smart_count: assignment.renewals });
  return <>{assignment.renews ? `${translate("ra.boolean.true")} · ${times}` : times}</>;
}

function Actions({ assignment }: { assignment: Assignment }) {
  const translate = useTranslate();
  const notify = useNotify();
  const refresh = useRefresh();
  const [state, setState] = useState<"idle" | "changing" | "asking">("idle");
  const isOpen = ["queued", "active"].includes(assignment.state);
  // One that has expired lives again when it is extended.
  const extends_ = isOpen || assignment.end_reason === "expired";
  const cancel = async () => {
    setState("idle");
    try {
      await cancelAssignment(assignment);
      refresh();
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
  };
  return (
    <Stack direction="row" spacing={1} sx={{ justifyContent: "flex-end" }}>
      {extends_ && <Button onClick={() => setState("changing")}>{translate(isOpen ? "guests.assignment.change" : "guests.assignment.extend")}</Button>}
      {isOpen && (
        <Button color="error" onClick={() => setState("asking")}>
          {translate("guests.assignment.cancel")}
        </Button>
      )}
      {state === "changing" && <ChangeDialog assignment={assignment} onClose={() => setState("idle")} />}
      <Confirm
        isOpen={state === "asking"}
        title={translate("guests.assignment.cancel_title")}
        content={translate(`guests.assignment.cancel_text.${assignment.state === "active" ? "active" : "queued"}`)}
        onConfirm={() => void cancel()}
        onClose={() => setState("idle")}
      />
    </Stack>
  );
}
