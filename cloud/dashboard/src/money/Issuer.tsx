/** What documents say of the installation, and how they are numbered, sent and reminded of. */
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Loading, Title, useTranslate } from "react-admin";

import { api, bodyOf } from "../api/client";
import type { Schemas } from "../api/types";
import { PageError } from "../shell/PageError";
import { useMay } from "../shell/useMe";
import { IssuerLogo } from "./IssuerLogo";
import { filledParty } from "./partyBody";
import { PartyForm, withReminderDays } from "./PartyForm";

const KEY = ["billing-issuer"];

export default function Issuer() {
  const translate = useTranslate();
  const queries = useQueryClient();
  const writes = useMay("money", "write");
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/billing/issuer", { signal })) });
  const send = async (party: Schemas["OwnPartyIn"]) => {
    queries.setQueryData(KEY, await bodyOf(api.PUT("/api/v1/billing/issuer", { body: filledParty(withReminderDays(party)) })));
  };
  return (
    <Stack spacing={2} sx={{ marginBlockStart: 2 }}>
      <Title title={translate("money.issuer.title")} />
      <Typography variant="h2">{translate("money.issuer.title")}</Typography>
      {error && <PageError error={error} resetErrorBoundary={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && (
        <Card sx={{ padding: 2 }}>
          <PartyForm own party={data} mayWrite={writes} text={translate("money.issuer.text")} send={send} />
        </Card>
      )}
      {data && writes && <IssuerLogo />}
    </Stack>
  );
}
