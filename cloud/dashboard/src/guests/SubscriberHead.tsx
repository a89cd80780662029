/** The top of a guest's page: who, whether it may log in, and what one can do. */
import AddIcon from "@mui/icons-material/AddOutlined";
import BlockIcon from "@mui/icons-material/BlockOutlined";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { Confirm, EditButton, ReferenceField, Title, useNotify, useRefresh, useTranslate } from "react-admin";

import { api } from "../api/client";
import { messageOf } from "../api/problems";
import { duration } from "../i18n/formats";
import { useMay } from "../shell/useMe";
import { When } from "../shell/When";
import type { Subscriber } from "./condition";
import { ConditionChip } from "./ConditionChip";
import { PersonalData } from "./PersonalData";
import { TopUpDialog } from "./TopUpDialog";

export function SubscriberHead({ subscriber }: { subscriber: Subscriber }) {
  const writes = useMay("guests", "write");
  return (
    <Stack spacing={1}>
      <Title title={subscriber.username} />
      <Stack direction="row" spacing={1.5} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
        <Typography variant="h2" dir="ltr" sx={{ overflowWrap: "anywhere" }}>
          {subscriber.username}
        </Typography>
        <ConditionChip subscriber={subscriber} />
        <Typography color="textSecondary" component="div" sx={{ flex: "1 1 200px" }}>
          <ReferenceField source="plan_id" reference="plans" link="show" />
          {" · "}
          <ReferenceField source="host_id" reference="hosts" link={false} empty="guests.of_isp" />
        </Typography>
        {writes && <Actions subscriber={subscriber} />}
        <PersonalData subscriber={subscriber} />
      </Stack>
      <Validity subscriber={subscriber} />
    </Stack>
  );
}

function Validity({ subscriber }: { subscriber: Subscriber }) {
  const translate = useTranslate();
  const { valid_from: from, valid_until: until, valid_for_s: seconds, disabled_at: disabledAt } = subscriber;
  const facts: [string, React.ReactNode][] = [];
  if (disabledAt) facts.push(["disabled_since", <When key="disabled" at={disabledAt} />]);
  if (from) facts.push(["valid_from", <When key="from" at={from} />]);
  if (until) facts.push(["valid_until", <When key="until" at={until} />]);
  else if (seconds) facts.push(["valid_for", duration(seconds)]);
  facts.push(["first_used", subscriber.first_used_at ? <When key="first" at={subscriber.first_used_at} /> : translate("guests.fact.never")]);
  return (
    <Typography color="textSecondary" variant="body2" component="div">
      {facts.map(([name, value], index) => (
        <span key={name}>
          {index > 0 && " · "}
          {translate(`guests.fact.${name}`)} {value}
        </span>
      ))}
    </Typography>
  );
}

function Actions({ subscriber }: { subscriber: Subscriber }) {
  const translate = useTranslate();
  const [giving, setGiving] = useState(false);
  return (
    <>
      <Button startIcon={<AddIcon />} onClick={() => setGiving(true)}>
        {translate("guests.top_up.open")}
      </Button>
      <Disable subscriber={subscriber} />
      <EditButton />
      {giving && <TopUpDialog subscriber={subscriber} onClose={() => setGiving(false)} />}
    </>
  );
}

/** Disabling logs a guest out; letting in again needs no question. */
function Disable({ subscriber }: { subscriber: Subscriber }) {
  const translate = useTranslate();
  const notify = useNotify();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const isDisabled = subscriber.disabled_at !== null;
  const change = async () => {
    setAsking(false);
    try {
      const path = { subscriber_id: subscriber.id };
      await api.PATCH("/api/v1/subscribers/{subscriber_id}", { params: { path }, body: { disabled: !isDisabled } });
      refresh();
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
  };
  return (
    <>
      <Button startIcon={<BlockIcon />} onClick={() => (isDisabled ? void change() : setAsking(true))}>
        {translate(isDisabled ? "guests.enable" : "guests.disable")}
      </Button>
      <Confirm
        isOpen={asking}
        title={translate("guests.disable_title", { name: subscriber.username })}
        content={translate("guests.disable_text")}
        onConfirm={() => void change()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
