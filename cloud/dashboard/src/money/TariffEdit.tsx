/** A tariff of a host: a new one, or one that is changed or followed by another, beginning with what it says. */
import Alert from "@mui/material/Alert";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { Loading, ResourceContextProvider, SaveButton, SimpleForm, Title, Toolbar, useNotify, useTranslate } from "react-admin";
import { useNavigate, useSearchParams } from "react-router-dom";

import { api, bodyOf } from "../api/client";
import { messageOf } from "../api/problems";
import type { Host, Schemas } from "../api/types";
import { Message } from "../shell/Message";
import { PageError } from "../shell/PageError";
import { useMay } from "../shell/useMe";
import { monthBefore } from "./months";
import { bodyOfTariff, FRESH, startOf, type TariffValues } from "./tariffBody";
import { TariffForm } from "./TariffForm";
import type { Tariff } from "./tariffWords";
import { useHost } from "./useHost";
import { useSubmission } from "../shell/useSubmission";

export default function TariffEdit() {
  const translate = useTranslate();
  const { host, isPending, error } = useHost();
  const writes = useMay("money", "write");
  if (error) return <PageError error={error} />;
  if (isPending) return <Loading />;
  if (!host || !writes) return <Message title={translate("app.not_found.title")} text={translate("app.not_found.text")} />;
  return <OfHost host={host} />;
}

function OfHost({ host }: { host: Host }) {
  const [query] = useSearchParams();
  const from = query.get("from");
  const { data, error } = useQuery({
    queryKey: ["hosts", host.id, "tariffs"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/hosts/{host_id}/tariffs", { params: { path: { host_id: host.id } }, signal })),
  });
  if (error) return <PageError error={error} />;
  if (!data) return <Loading />;
  return <Edited host={host} tariff={data.items.find((each) => each.valid_from === from)} />;
}

function Edited({ host, tariff }: { host: Host; tariff: Tariff | undefined }) {
  const translate = useTranslate();
  const notify = useNotify();
  const navigate = useNavigate();
  const send = async (values: TariffValues) => {
    const body: Schemas["TariffIn"] = bodyOfTariff(values);
    await api.PUT("/api/v1/hosts/{host_id}/tariff", { params: { path: { host_id: host.id } }, body });
    notify("money.tariff.saved", { type: "success" });
  };
  const { onSubmit, error } = useSubmission((values) => send(values as TariffValues), () => void navigate(`/accounts?host=${host.id}&tab=tariffs`));
  const start = tariff ? startOf(tariff) : { ...FRESH, valid_from: `${monthBefore(new Date(), 0)}-01` };
  return (
    <Stack spacing={2} sx={{ marginBlockStart: 2 }}>
      <Title title={translate("money.tariff.of", { name: host.name })} />
      <Typography variant="h2">{translate("money.tariff.of", { name: host.name })}</Typography>
      <Card>
        <ResourceContextProvider value="tariffs">
          <SimpleForm record={start} onSubmit={onSubmit} toolbar={<Toolbar><SaveButton alwaysEnable /></Toolbar>} sx={{ maxWidth: 720 }}>
            <Alert severity="info" sx={{ width: "100%", marginBlockEnd: 2 }}>
              {translate("money.tariff.change_text")}
            </Alert>
            <TariffForm currency={host.currency} />
            {error !== null && <Alert severity="error">{translate(messageOf(error), { _: messageOf(error) })}</Alert>}
          </SimpleForm>
        </ResourceContextProvider>
      </Card>
    </Stack>
  );
}
