/** Channels between their form and the API. Pure. */
import type { Schemas } from "../api/types";
import type { Channel } from "./words";

/** What a new channel's form says, as the API takes it: the target that belongs to its kind, no kinds meaning all. */
export function newChannel(values: Partial<Schemas["ChannelIn"]>): Partial<Schemas["ChannelIn"]> {
  const { recipient, url, alert_kinds: kinds, ...rest } = values;
  const target = values.kind === "webhook" ? { url: url ?? null } : { recipient: recipient ?? null };
  return { ...rest, ...target, alert_kinds: kinds && kinds.length > 0 ? kinds : null };
}

/** The same for one that is changed: no kinds chosen are all. */
export function changedChannel(values: Partial<Channel>): Partial<Channel> {
  return { ...values, alert_kinds: values.alert_kinds && values.alert_kinds.length > 0 ? values.alert_kinds : null };
}

/** Where it tells: the address, or the URL. */
export function targetOf(channel: Pick<Channel, "recipient" | "url">): string {
  return channel.recipient ?? channel.url ?? "";
}
