/** From whom a document is and to whom, as it says it. */
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Typography from "@mui/material/Typography";
import { useTranslate } from "react-admin";

import type { Schemas } from "../api/types";
import { language } from "../i18n";

type Party = Schemas["PartyOut"];

interface Props {
  seller: Party;
  buyer: Party;
  note: string | null;
}

export function Parties({ seller, buyer, note }: Props) {
  const translate = useTranslate();
  return (
    <Card sx={{ display: "grid", gap: 3, padding: 2, gridTemplateColumns: { xs: "minmax(0, 1fr)", sm: "repeat(2, minmax(0, 1fr))" } }}>
      <Named title={translate("money.from")} party={seller} />
      <Named title={translate("money.to")} party={buyer} />
      {note && <Typography sx={{ gridColumn: "1 / -1", whiteSpace: "pre-line" }}>{note}</Typography>}
    </Card>
  );
}

function countryName(code: string | null | undefined): string | undefined {
  return code ? new Intl.DisplayNames(language(), { type: "region" }).of(code) : undefined;
}

function Named({ title, party }: { title: string; party: Party }) {
  const translate = useTranslate();
  const place = [party.postcode, party.city].filter(Boolean).join(" ");
  const address = [party.legal_name, party.street, place, party.region, countryName(party.country)].filter(Boolean);
  const numbers = (["tax_number", "company_number", "email", "phone", "iban", "bic"] as const).filter((name) => party[name]);
  return (
    <section>
      <Typography variant="h3" gutterBottom>
        {title}
      </Typography>
      {address.length === 0 && <Typography color="textSecondary">{translate("money.no_details")}</Typography>}
      {address.map((text) => (
        <Typography key={text} dir="auto">
          {text}
        </Typography>
      ))}
      <Box component="dl" sx={{ display: "grid", gridTemplateColumns: "max-content 1fr", columnGap: 2, marginBlock: 1 }}>
        {numbers.map((name) => (
          <Box key={name} sx={{ display: "contents" }}>
            <Typography component="dt" color="textSecondary" variant="body2">
              {translate(`resources.billing-details.fields.${name}`)}
            </Typography>
            <Typography component="dd" variant="body2" dir="ltr" sx={{ margin: 0, textAlign: "start", overflowWrap: "anywhere" }}>
              {party[name]}
            </Typography>
          </Box>
        ))}
      </Box>
    </section>
  );
}
