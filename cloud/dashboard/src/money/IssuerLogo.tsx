/** The logo at the head of documents: shown, chosen, taken away. */
import UploadIcon from "@mui/icons-material/FileUploadOutlined";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ChangeEvent, useEffect } from "react";
import { useNotify, useTranslate } from "react-admin";

import { authorizedFetch } from "../api/client";
import { messageOf } from "../api/problems";

const KEY = ["billing-issuer-logo"];
const IMAGES = "image/png,image/jpeg,image/webp";

function request(init: RequestInit = {}): Request {
  return new Request(new URL("/api/v1/billing/issuer/logo", location.origin), init);
}

/** The image as an address of this page, for images cannot carry the login; null where there is none. */
async function read(): Promise<string | null> {
  const answer = await authorizedFetch(request());
  return answer.status === 204 ? null : URL.createObjectURL(await answer.blob());
}

export function IssuerLogo() {
  const translate = useTranslate();
  const notify = useNotify();
  const queries = useQueryClient();
  const { data: logo } = useQuery({ queryKey: KEY, queryFn: read, gcTime: 0 });
  useEffect(() => () => { if (logo) URL.revokeObjectURL(logo); }, [logo]);
  const change = async (init: RequestInit) => {
    try {
      await authorizedFetch(request(init));
      await queries.invalidateQueries({ queryKey: KEY });
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
  };
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    const image = event.target.files?.[0];
    // The same file can be chosen again.
    event.target.value = "";
    if (image) void change({ method: "PUT", body: image, headers: { "Content-Type": image.type } });
  };
  return (
    <Card sx={{ padding: 2 }}>
      <Stack spacing={1} sx={{ alignItems: "flex-start" }}>
        <Typography variant="h3">{translate("money.issuer.logo.title")}</Typography>
        <Typography variant="body2">{translate("money.issuer.logo.text")}</Typography>
        {logo && <Box component="img" src={logo} alt={translate("money.issuer.logo.title")} sx={{ maxHeight: 64, maxWidth: "100%", background: "#fff", padding: 1 }} />}
        <Stack direction="row" spacing={1}>
          <Button component="label" startIcon={<UploadIcon />}>
            {translate("money.issuer.logo.choose")}
            <input hidden type="file" accept={IMAGES} onChange={choose} />
          </Button>
          {logo && <Button color="error" onClick={() => void change({ method: "DELETE" })}>{translate("money.issuer.logo.remove")}</Button>}
        </Stack>
      </Stack>
    </Card>
  );
}
