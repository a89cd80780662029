/** A tariff of a host: a new one, or one that is changed or followed by another, beginning with what it says. */
import Alert from "@mui/material/Alert";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { Loading, ResourceContextProvider, SaveButton, SimpleForm, Title, Toolbar, useNotify, useTranslate } from "react-admin";
import { useNavigate, useSearchParams } from "react-router-dom";

import { api } from "../api/client";
import { ApiProblem, messageOf, STALE } from "../api/problems";
import type { Host, Schemas, Versioned } from "../api/types";
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

/** The tariff that begins on a day, and its version for If-Match; null where none does. */
async function tariffFrom(hostId: string, day: string, signal: AbortSignal): Promise<Versioned<Tariff> | null> {
  const { data: items } = await api.GET("/api/v1/hosts/{host_id}/tariffs", { params: { path: { host_id: hostId } }, signal });
  if (!items?.items.some((each) => each.valid_from === day)) return null;
  const { data, response } = await api.GET("/api/v1/hosts/{host_id}/tariff", { params: { path: { host_id: hostId }, query: { on: day } }, signal });
  const etag = response.headers.get("ETag");
  return data ? { ...data, ...(etag !== null && { _etag: etag }) } : null;
}

function OfHost({ host }: { host: Host }) {
  const [query] = useSearchParams();
  const from = query.get("from");
  const { data, error, refetch } = useQuery({
    queryKey: ["hosts", host.id, "tariffs", "edited", from],
    queryFn: ({ signal }) => (from === null ? null : tariffFrom(host.id, from, signal)),
    // Read when the form opens, and only then: what is typed stays.
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  if (error) return <PageError error={error} />;
  if (data === undefined) return <Loading />;
  return <Edited key={data?._etag ?? "new"} host={host} tariff={data} onStale={() => void refetch()} />;
}

interface EditedProps {
  host: Host;
  tariff: Versioned<Tariff> | null;
  /** Somebody else was faster: what there is now is read again. */
  onStale: () => void;
}

function Edited({ host, tariff, onStale }: EditedProps) {
  const translate = useTranslate();
  const notify = useNotify();
  const navigate = useNavigate();
  const send = async (values: TariffValues) => {
    const body: Schemas["TariffIn"] = bodyOfTariff(values);
    const changes = tariff?._etag !== undefined && body.valid_from === tariff.valid_from;
    const header = changes ? { "if-match": tariff._etag } : {};
    try {
      await api.PUT("/api/v1/hosts/{host_id}/tariff", { params: { path: { host_id: host.id }, header }, body });
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.code === STALE) {
        notify(messageOf(problem), { type: "warning" });
        onStale();
      }
      throw problem;
    }
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
