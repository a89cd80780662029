/** A file of guests to the API: looked at first, then taken whole or not at all. */
import { authorizedFetch } from "../api/client";
import type { Schemas } from "../api/types";

export type Report = Schemas["ImportReportOut"];
export interface ImportOptions {
  host_id?: string | null | undefined;
  plan_id?: string | null | undefined;
}

/** `dryRun`: only say what is wrong. */
export async function importGuests(file: Blob, options: ImportOptions, dryRun: boolean): Promise<Report> {
  const url = new URL("/api/v1/subscribers/import", location.origin);
  for (const [name, value] of Object.entries(options)) if (value) url.searchParams.set(name, value as string);
  url.searchParams.set("dry_run", String(dryRun));
  const request = new Request(url, { method: "POST", body: await file.arrayBuffer(), headers: { "Content-Type": "text/csv" } });
  return (await (await authorizedFetch(request)).json()) as Report;
}
