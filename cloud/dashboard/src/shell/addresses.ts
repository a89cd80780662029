/** Addresses of pages that are not only links of react-admin. */
import { AREAS } from "./areas";

/** A list with a filter set. */
export function listAddress(resource: string, filter: Record<string, string> = {}): string {
  return `/${resource}?filter=${encodeURIComponent(JSON.stringify(filter))}`;
}

/** Whether there is a page of this kind for the resource. */
export function hasPage(resource: string, page: "list" | "show" | "edit" | "create"): boolean {
  return AREAS.some((area) => area.resources.some((each) => each.name === resource && each[page] !== undefined));
}
