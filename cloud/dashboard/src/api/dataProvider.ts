/** react-admin's data provider over the REST API: pages by cursor, ETag and If-Match, idempotent creation, `?ids=`. */
import type { DataProvider, GetListParams, GetListResult, Identifier, RaRecord } from "react-admin";

import { authorizedFetch, newIdempotencyKey } from "./client";
import { Cursors } from "./cursors";
import { ApiProblem, STALE } from "./problems";
import { listPath, onePath, specOf } from "./resources";
import type { Versioned } from "./types";

interface PageOf<T> {
  items: T[];
  next: string | null;
  prev: string | null;
}
type Data = Record<string, unknown>;
type Listed = Pick<GetListParams, "pagination" | "sort" | "filter" | "signal">;

const MOST_IDS = 200;
const cursors = new Cursors();
/** Keys of creations that did not succeed yet: sent again, the same thing is created once. */
const unfinished = new Map<string, string>();

async function send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
  return authorizedFetch(new Request(new URL(path, location.origin), { method, ...init }));
}

function withBody(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers } };
}

/** A filter's and an order's query parameters; what is neither text, number nor truth is none. */
export function queryOf(resource: string, params: Pick<GetListParams, "sort">, filter: Data): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    if (typeof value === "string" && value !== "") query.set(name, value);
    else if (typeof value === "number" || typeof value === "boolean") query.set(name, String(value));
  }
  const { sort } = params;
  if (sort && specOf(resource).sorts.includes(sort.field)) query.set("sort", `${sort.order === "DESC" ? "-" : ""}${sort.field}`);
  return query;
}

async function getPage(resource: string, params: Listed): Promise<GetListResult> {
  const [path, rest] = listPath(resource, params.filter as Data);
  const query = queryOf(resource, params, rest);
  const { page, perPage } = params.pagination ?? { page: 1, perPage: 50 };
  query.set("limit", String(perPage));
  const list = `${path}?${query.toString()}`;
  const found = await cursors.at(list, page, async (cursor) => {
    const address = cursor === null ? list : `${list}&cursor=${encodeURIComponent(cursor)}`;
    const response = await send("GET", address, params.signal ? { signal: params.signal } : {});
    return (await response.json()) as PageOf<RaRecord>;
  });
  // Nobody counts a list; on its last page its length is known.
  const total = found.next === null ? { total: (page - 1) * perPage + found.items.length } : {};
  return { data: found.items, ...total, pageInfo: { hasNextPage: found.next !== null, hasPreviousPage: page > 1 } };
}

async function getSome(resource: string, ids: readonly Identifier[]): Promise<RaRecord[]> {
  const records: RaRecord[] = [];
  for (let begin = 0; begin < ids.length; begin += MOST_IDS) {
    const some = ids.slice(begin, begin + MOST_IDS).join(",");
    const response = await send("GET", `${specOf(resource).list}?ids=${some}`);
    records.push(...((await response.json()) as PageOf<RaRecord>).items);
  }
  return records;
}

async function versioned(response: Response): Promise<Versioned<RaRecord>> {
  const record = (await response.json()) as RaRecord;
  const etag = response.headers.get("ETag");
  return etag === null ? record : { ...record, _etag: etag };
}

function ifUnchanged(previous: unknown): Record<string, string> {
  const etag = (previous as Versioned<object> | undefined)?._etag;
  return etag === undefined ? {} : { "If-Match": etag };
}

/** Only what differs: fields that are left out stay as they are, whoever changed them meanwhile. */
export function changesOf(data: Data, previous: Data): Data {
  const changed = Object.entries(data).filter(
    ([name, value]) => name !== "_etag" && JSON.stringify(value) !== JSON.stringify(previous[name]),
  );
  return Object.fromEntries(changed);
}

async function create(resource: string, data: Data): Promise<RaRecord> {
  const path = specOf(resource).list;
  const what = `${path} ${JSON.stringify(data)}`;
  const key = unfinished.get(what) ?? newIdempotencyKey();
  unfinished.set(what, key);
  const response = await send("POST", path, withBody(data, { "Idempotency-Key": key }));
  unfinished.delete(what);
  return versioned(response);
}

async function change(resource: string, id: Identifier, data: Data, previous: Data): Promise<RaRecord> {
  const changes = changesOf(data, previous);
  if (Object.keys(changes).length === 0) return previous as RaRecord;
  const known = "_etag" in previous ? previous : await versionOf(resource, id, previous, Object.keys(changes));
  return versioned(await send("PATCH", onePath(resource, id), withBody(changes, ifUnchanged(known))));
}

/**
 * The version of a record that came from a list, which says none: the present one, where what is going to be changed is there as it was
 * read. ApiProblem `stale` otherwise.
 */
async function versionOf(resource: string, id: Identifier, previous: Data, fields: string[]): Promise<Versioned<RaRecord>> {
  const present = await versioned(await send("GET", onePath(resource, id)));
  const same = fields.every((name) => !(name in present) || JSON.stringify(present[name]) === JSON.stringify(previous[name]));
  if (!same) throw new ApiProblem(412, STALE, "");
  return present;
}

// react-admin's type has a record type chosen by the caller, which nothing can check; records are the API's.
export const dataProvider = {
  getList: getPage,
  getManyReference: (resource: string, params: Listed & { target: string; id: Identifier }) =>
    getPage(resource, { ...params, filter: { ...(params.filter as Data), [params.target]: params.id } }),
  getMany: async (resource: string, params: { ids: Identifier[] }) => ({ data: await getSome(resource, params.ids) }),
  getOne: async (resource: string, params: { id: Identifier; signal?: AbortSignal }) => ({
    data: await versioned(await send("GET", onePath(resource, params.id), params.signal ? { signal: params.signal } : {})),
  }),
  create: async (resource: string, params: { data: Data }) => ({ data: await create(resource, params.data) }),
  update: async (resource: string, params: { id: Identifier; data: Data; previousData: Data }) => ({
    data: await change(resource, params.id, params.data, params.previousData),
  }),
  updateMany: async (resource: string, params: { ids: Identifier[]; data: Data }) => {
    await Promise.all(params.ids.map((id) => send("PATCH", onePath(resource, id), withBody(params.data))));
    return { data: params.ids };
  },
  delete: async (resource: string, params: { id: Identifier; previousData?: RaRecord }) => {
    await send("DELETE", onePath(resource, params.id), { headers: ifUnchanged(params.previousData) });
    return { data: params.previousData ?? { id: params.id } };
  },
  deleteMany: async (resource: string, params: { ids: Identifier[] }) => {
    await Promise.all(params.ids.map((id) => send("DELETE", onePath(resource, id))));
    return { data: params.ids };
  },
  supportAbortSignal: true,
} as unknown as DataProvider;
