/** What the running month would be billed by if it ended now. */
import Alert from "@mui/material/Alert";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { Loading, useTranslate } from "react-admin";

import { api, bodyOf } from "../api/client";
import { Message } from "../shell/Message";
import { PageError } from "../shell/PageError";
import type { AccountTabProps } from "./Accounts";
import { DocumentBody } from "./DocumentBody";
import { monthInWords } from "./months";

export default function MonthTab({ host }: AccountTabProps) {
  const translate = useTranslate();
  const { data, error, refetch } = useQuery({
    queryKey: ["hosts", host.id, "invoice-preview"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/hosts/{host_id}/invoice-preview", { params: { path: { host_id: host.id } }, signal })),
  });
  if (error) return <PageError error={error} resetErrorBoundary={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.items.length === 0) return <Message title={translate("money.preview.empty")} text={translate("money.preview.empty_text")} />;
  return (
    <Stack spacing={2}>
      <Alert severity="info">{translate("money.preview.text")}</Alert>
      {data.items.map((document) => (
        <section key={document.kind}>
          <Typography variant="h2" gutterBottom>
            {translate(`money.kind.${document.kind}`)} · {monthInWords(document.period)}
          </Typography>
          <DocumentBody document={document} />
        </section>
      ))}
    </Stack>
  );
}
