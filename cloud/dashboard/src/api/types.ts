/** The API's shapes, made from its OpenAPI document (`npm run types`); the names the dashboard uses for them. */
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type Paths = paths;

export type Router = Schemas["RouterOut"];
export type Sample = Schemas["SampleOut"];
export type Command = Schemas["CommandOut"];
export type Point = Schemas["PointOut"];
export type Session = Schemas["SessionOut"];
export type Host = Schemas["HostOut"];
export type Me = Schemas["MeOut"];
export type Area = keyof Me["rights"] & string;
export type Problem = Schemas["Problem"];

/** A record as the data provider hands it out: with the ETag it came with, which goes back as If-Match. */
export type Versioned<T> = T & { _etag?: string };
