/** The e-mails that went out about a document. */
import Card from "@mui/material/Card";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { useTranslate } from "react-admin";

import { api, bodyOf } from "../api/client";
import { When } from "../shell/When";
import type { InvoiceDetail } from "./documentWords";

export function Letters({ invoice }: { invoice: InvoiceDetail }) {
  const translate = useTranslate();
  const { data } = useQuery({
    queryKey: ["invoices", "letters", invoice.id],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/invoices/{invoice_id}/letters", { params: { path: { invoice_id: invoice.id } }, signal })),
  });
  if (!data || data.items.length === 0) return null;
  return (
    <Card sx={{ padding: 2 }}>
      <Typography variant="h3" gutterBottom>
        {translate("money.letters.title")}
      </Typography>
      {data.items.map((letter) => (
        <Typography key={`${letter.ordered_at} ${letter.recipient}`}>
          {translate(`money.letters.${letter.kind}`)} · <bdi>{letter.recipient}</bdi> · <When at={letter.ordered_at} />
        </Typography>
      ))}
    </Card>
  );
}
