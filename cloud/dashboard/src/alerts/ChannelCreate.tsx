/** A new channel; a webhook's secret is shown then, and never again. */
import { useState } from "react";
import { Create, FormDataConsumer, RadioButtonGroupInput, required, SimpleForm, useRedirect, useTranslate } from "react-admin";

import type { Schemas } from "../api/types";
import { OnceDialog } from "../shell/OnceDialog";
import { AlertTabs } from "./AlertTabs";
import { ChannelName, Target, WhatIsTold, Whose } from "./ChannelForm";
import { newChannel } from "./channelWords";

type Made = Schemas["ChannelCreated"];
const KINDS = (["email", "webhook"] as const).map((id) => ({ id, name: `alerts.channel.kind.${id}` }));

export default function ChannelCreate() {
  const translate = useTranslate();
  const redirect = useRedirect();
  const [made, setMade] = useState<Made | null>(null);
  const show = (channel: Made) => redirect("show", "alert-channels", channel.id);
  const onSuccess = (channel: Made) => (channel.secret ? setMade(channel) : show(channel));
  return (
    <>
      <AlertTabs current="channels" />
      <Create transform={newChannel} mutationOptions={{ onSuccess }} redirect={false}>
        <SimpleForm defaultValues={{ kind: "email", min_severity: "warning", enabled: true }} sx={{ maxWidth: 640 }}>
          <RadioButtonGroupInput source="kind" choices={KINDS} validate={required()} helperText={false} />
          <ChannelName />
          <FormDataConsumer<Partial<Made>>>{({ formData }) => <Target kind={formData.kind} />}</FormDataConsumer>
          <Whose />
          <WhatIsTold />
        </SimpleForm>
      </Create>
      {made?.secret && (
        <OnceDialog
          title={translate("alerts.channel.secret_title")}
          text={translate("alerts.channel.secret_text")}
          secret={made.secret}
          label={translate("alerts.channel.secret")}
          done={translate("alerts.channel.kept")}
          onClose={() => show(made)}
        />
      )}
    </>
  );
}
