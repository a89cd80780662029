/** What can be changed about a channel; what it is stays. */
import { DeleteButton, Edit, SaveButton, SimpleForm, Toolbar, useRecordContext } from "react-admin";

import { AlertTabs } from "./AlertTabs";
import { ChannelName, Target, WhatIsTold } from "./ChannelForm";
import { changedChannel } from "./channelWords";
import type { Channel } from "./words";

function Buttons() {
  return (
    <Toolbar sx={{ justifyContent: "space-between" }}>
      <SaveButton alwaysEnable />
      <DeleteButton mutationMode="pessimistic" confirmContent="alerts.channel.delete_text" />
    </Toolbar>
  );
}

export default function ChannelEdit() {
  return (
    <>
      <AlertTabs current="channels" />
      <Edit mutationMode="pessimistic" redirect="show" actions={false} transform={changedChannel}>
        <SimpleForm toolbar={<Buttons />} sx={{ maxWidth: 640 }}>
          <ChannelName />
          <TargetOfRecord />
          <WhatIsTold />
        </SimpleForm>
      </Edit>
    </>
  );
}

function TargetOfRecord() {
  const channel = useRecordContext<Channel>();
  return <Target kind={channel?.kind} />;
}
