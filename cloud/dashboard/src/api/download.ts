/** Files of the API, saved as a browser saves them: lists as CSV, invoices as PDF. */
import { authorizedFetch } from "./client";
import { queryOf } from "./dataProvider";
import { listPath } from "./resources";

/** Fetch a file as whoever is signed in and hand it to the browser under this name. */
export async function saveFile(path: string, name: string): Promise<void> {
  const response = await authorizedFetch(new Request(new URL(path, location.origin)));
  saveText(await response.blob(), name);
}

/** Hand something made here to the browser as a file. */
export function saveText(content: Blob | string, name: string): void {
  const url = URL.createObjectURL(typeof content === "string" ? new Blob([content], { type: "text/plain" }) : content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The whole list, as it is filtered and sorted on the screen, as a CSV file. */
export async function saveList(
  resource: string,
  filter: Record<string, unknown>,
  sort: { field: string; order: "ASC" | "DESC" },
): Promise<void> {
  const [path, rest] = listPath(resource, filter);
  const query = queryOf(resource, { sort }, rest);
  query.set("format", "csv");
  await saveFile(`${path}?${query.toString()}`, `${resource}.csv`);
}
