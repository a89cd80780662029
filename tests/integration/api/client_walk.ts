/* What a program does that was written against a generated client: every line here is checked by the compiler. */
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

type Router = components["schemas"]["RouterOut"];

const { SPOTFI_URL: baseUrl = "", EMAIL: username = "", PASSWORD: password = "" } = process.env;
/** Lists are CSV as well, where that is asked for; this program wants JSON. */
type Json = "application/json" | "application/problem+json";
const client = createClient<paths, Json>({ baseUrl });

const form = { username, password, scope: "", cookie: false };
const signedIn = await client.POST("/api/v1/auth/token", {
  body: form,
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
});
if (signedIn.error) throw new Error(signedIn.error.detail);
const token = signedIn.data.access_token;
client.use({
  onRequest: ({ request }) => {
    request.headers.set("Authorization", `Bearer ${token}`);
    return request;
  },
});

const created = await client.POST("/api/v1/hosts", {
  params: { header: { "Idempotency-Key": "first" } },
  body: { name: "Café Central", timezone: "Europe/Vienna", currency: "EUR" },
});
if (created.error) throw new Error(created.error.detail);

const wrong = await client.POST("/api/v1/hosts", {
  // @ts-expect-error: no currency, and a field there is not
  body: { name: "Café Central", timezone: "Europe/Vienna", price: 5 },
});
const problem = wrong.error;
const fields = problem?.errors?.map((each) => each.field) ?? [];

const { data: page } = await client.GET("/api/v1/routers", { params: { query: { sort: "name", online: true, limit: 10 } } });
const routers: Router[] = page?.items ?? [];
// @ts-expect-error: routers are not sorted by colour
await client.GET("/api/v1/routers", { params: { query: { sort: "colour" } } });

const missing = await client.GET("/api/v1/hosts/{host_id}", {
  params: { path: { host_id: "00000000-0000-7000-8000-000000000000" } },
});

console.log(
  JSON.stringify({
    host: created.data.name,
    code: problem?.code,
    fields,
    routers: routers.length,
    next: page?.next ?? null,
    missing: missing.error?.code,
  }),
);
