/** What documents say of a host. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Loading, useTranslate } from "react-admin";

import { api, bodyOf } from "../api/client";
import type { Schemas } from "../api/types";
import { PageError } from "../shell/PageError";
import { useMay } from "../shell/useMe";
import type { AccountTabProps } from "./Accounts";
import { filledParty } from "./partyBody";
import { PartyForm } from "./PartyForm";

export default function DetailsTab({ host }: AccountTabProps) {
  const translate = useTranslate();
  const queries = useQueryClient();
  const writes = useMay("money", "write");
  const params = { path: { host_id: host.id } };
  const queryKey = ["hosts", host.id, "billing-details"];
  const { data, error, refetch } = useQuery({
    queryKey,
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/hosts/{host_id}/billing-details", { params, signal })),
  });
  if (error) return <PageError error={error} resetErrorBoundary={() => void refetch()} />;
  if (!data) return <Loading />;
  const send = async (party: Schemas["PartyIn"]) => {
    queries.setQueryData(queryKey, await bodyOf(api.PUT("/api/v1/hosts/{host_id}/billing-details", { params, body: filledParty(party) })));
  };
  return <PartyForm party={data} mayWrite={writes} text={translate("money.details.host_text")} send={send} />;
}
