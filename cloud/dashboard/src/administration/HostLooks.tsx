/** What guests see of a host: logo, colours, words, and its logo to be changed. */
import UploadIcon from "@mui/icons-material/FileUploadOutlined";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import type { ChangeEvent } from "react";
import { useTranslate } from "react-admin";

import { api, authorizedFetch } from "../api/client";
import type { Schemas } from "../api/types";
import { useMay } from "../shell/useMe";
import { AskButton } from "../shell/AskButton";
import { Facts, Section } from "../shell/Section";
import { useDoing } from "../shell/useDoing";

type HostPage = Schemas["HostPageOut"];
const IMAGES = "image/png,image/jpeg,image/webp";

function request(host: HostPage, init: RequestInit = {}): Request {
  return new Request(new URL(`/api/v1/hosts/${host.id}/logo`, location.origin), init);
}

/** The logo as an address that holds it, null where there is none: images cannot carry the login, so it is fetched. */
function useLogo(host: HostPage): string | null {
  const { data } = useQuery({
    queryKey: ["hosts", "logo", host.id],
    // A host as a list knows it, shown until its page is read, does not say.
    enabled: (host as Partial<HostPage>).has_logo ?? false,
    queryFn: async () => asAddress(await (await authorizedFetch(request(host))).blob()),
  });
  return host.has_logo ? (data ?? null) : null;
}

async function asAddress(image: Blob): Promise<string> {
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error ?? new Error("the image could not be read"));
    reader.readAsDataURL(image);
  });
}

export function HostLooks({ host }: { host: HostPage }) {
  const translate = useTranslate();
  const writes = useMay("hosts", "write");
  return (
    <Section title={translate("administration.host.part.looks")} actions={writes && <LogoActions host={host} />}>
      <Preview host={host} />
      <Facts
        rows={[
          [translate("resources.hosts.fields.support_contact"), host.support_contact],
          [translate("resources.hosts.fields.terms_url"), host.terms_url && <Link href={host.terms_url} target="_blank" rel="noreferrer" dir="ltr">{host.terms_url}</Link>],
        ]}
      />
    </Section>
  );
}

function LogoActions({ host }: { host: HostPage }) {
  const translate = useTranslate();
  const { busy, run } = useDoing();
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    const image = event.target.files?.[0];
    // The same file can be chosen again.
    event.target.value = "";
    if (image) void run(() => authorizedFetch(request(host, { method: "PUT", body: image, headers: { "Content-Type": image.type } })), "administration.host.logo_set");
  };
  const params = { path: { host_id: host.id } };
  return (
    <>
      {host.has_logo && (
        <AskButton
          word="administration.host.logo_remove"
          text="administration.host.logo_remove_text"
          work={() => api.DELETE("/api/v1/hosts/{host_id}/logo", { params })}
        />
      )}
      <Button component="label" startIcon={<UploadIcon />} loading={busy} loadingPosition="start">
        {translate("administration.host.logo_choose")}
        <input hidden type="file" accept={IMAGES} onChange={choose} />
      </Button>
    </>
  );
}

/** The head of the page guests log in on, in the host's colours whatever the theme of the dashboard. */
function Preview({ host }: { host: HostPage }) {
  const translate = useTranslate();
  const logo = useLogo(host);
  return (
    <Box role="group" aria-label={translate("administration.host.preview")} sx={{ border: 1, borderColor: "divider", borderRadius: 1, overflow: "hidden" }}>
      <Stack spacing={1} sx={{ alignItems: "center", textAlign: "center", padding: 3, bgcolor: host.background_color ?? "#ffffff", borderBlockStart: `6px solid ${host.brand_color ?? "#0f766e"}` }}>
        {logo && <Box component="img" src={logo} alt={translate("administration.host.logo")} sx={{ maxWidth: 200, maxHeight: 80 }} />}
        <Box sx={{ bgcolor: "#ffffff", color: "#172126", borderRadius: 1, paddingInline: 2, paddingBlock: 1 }}>
          <Typography sx={{ fontWeight: 650 }}>{host.brand_name ?? host.name}</Typography>
          {host.welcome_text && <Typography variant="body2">{host.welcome_text}</Typography>}
        </Box>
      </Stack>
    </Box>
  );
}
