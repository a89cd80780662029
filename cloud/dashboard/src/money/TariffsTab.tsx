/** A host's tariffs: each holds from its day until the next one's. */
import AddIcon from "@mui/icons-material/AddOutlined";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Confirm, Loading, useNotify, useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import { api, bodyOf } from "../api/client";
import { messageOf } from "../api/problems";
import type { Host } from "../api/types";
import { Message } from "../shell/Message";
import { PageError } from "../shell/PageError";
import { StatusChip } from "../shell/StatusChip";
import { useMay, useMe } from "../shell/useMe";
import type { AccountTabProps } from "./Accounts";
import { day } from "./months";
import { directionInWords, type Tariff, tariffInWords } from "./tariffWords";

/** The page of the form; `from`: the tariff it begins with, to be changed or followed. */
function formAddress(host: Host, from?: string): string {
  return `/accounts/tariff?host=${host.id}${from ? `&from=${from}` : ""}`;
}

/** Today by the host's clock. */
function today(host: Host): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: host.timezone }).format(new Date());
}

export default function TariffsTab({ host }: AccountTabProps) {
  const translate = useTranslate();
  const writes = useMay("money", "write");
  const { data, error, refetch } = useQuery({
    queryKey: ["hosts", host.id, "tariffs"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/hosts/{host_id}/tariffs", { params: { path: { host_id: host.id } }, signal })),
  });
  if (error) return <PageError error={error} resetErrorBoundary={() => void refetch()} />;
  if (!data) return <Loading />;
  const add = writes && (
    <Button variant="contained" startIcon={<AddIcon />} component={Link} to={formAddress(host)}>
      {translate("money.tariff.add")}
    </Button>
  );
  if (data.items.length === 0) return <Message title={translate("money.tariff.empty")} text={translate("money.tariff.empty_text")} action={add} />;
  const now = today(host);
  const holds = data.items.find((each) => each.valid_from <= now)?.id;
  return (
    <Stack spacing={2}>
      {add && <div>{add}</div>}
      {data.items.map((tariff) => (
        <TariffCard key={tariff.id} tariff={tariff} host={host} state={tariff.id === holds ? "holds" : tariff.valid_from > now ? "coming" : "past"} onDeleted={() => void refetch()} />
      ))}
    </Stack>
  );
}

interface CardProps {
  tariff: Tariff;
  host: Host;
  state: "holds" | "coming" | "past";
  onDeleted: () => void;
}

const TONES = { holds: "good", coming: "busy", past: "off" } as const;

function TariffCard({ tariff, host, state, onDeleted }: CardProps) {
  const translate = useTranslate();
  const writes = useMay("money", "write");
  const isHost = Boolean(useMe()?.host_id);
  return (
    <Card variant="outlined" sx={{ padding: 2 }}>
      <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
        <Typography variant="h2">{translate("money.tariff.from", { day: day(tariff.valid_from) })}</Typography>
        <StatusChip tone={TONES[state]} label={translate(`money.tariff.state.${state}`)} />
        <Box sx={{ flex: 1 }} />
        {writes && (
          <>
            <Button component={Link} to={formAddress(host, tariff.valid_from)}>
              {translate("ra.action.edit")}
            </Button>
            <Delete tariff={tariff} host={host} onDeleted={onDeleted} />
          </>
        )}
      </Stack>
      <Typography sx={{ marginBlock: 1 }}>{directionInWords(translate, tariff, isHost)}</Typography>
      <Box component="ul" sx={{ margin: 0, paddingInlineStart: 2.5 }}>
        {tariffInWords(translate, tariff, host.currency).map((words) => (
          <li key={words}>{words}</li>
        ))}
      </Box>
    </Card>
  );
}

function Delete({ tariff, host, onDeleted }: Omit<CardProps, "state">) {
  const translate = useTranslate();
  const notify = useNotify();
  const [open, setOpen] = useState(false);
  const takeBack = async () => {
    setOpen(false);
    const path = { host_id: host.id, valid_from: tariff.valid_from };
    try {
      await api.DELETE("/api/v1/hosts/{host_id}/tariffs/{valid_from}", { params: { path } });
      onDeleted();
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
  };
  return (
    <>
      <Button color="error" onClick={() => setOpen(true)}>
        {translate("ra.action.delete")}
      </Button>
      <Confirm
        isOpen={open}
        title={translate("money.tariff.delete", { day: day(tariff.valid_from) })}
        content={translate("money.tariff.delete_text")}
        onConfirm={() => void takeBack()}
        onClose={() => setOpen(false)}
      />
    </>
  );
}
