/** Figures of a router's latest sample that need more than one of its fields. */
import type { Sample } from "../api/types";

/** Wireless clients over all radios; null where the router says nothing of radios. */
export function guestsOf(sample: Sample | null | undefined): number | null {
  const radios = Object.values(sample?.radios ?? {});
  if (radios.length === 0) return null;
  return radios.reduce((sum, radio) => sum + (radio.clients ?? 0), 0);
}

/** Share in use of what there is, in percent. */
export function usedPercent(total: number | null | undefined, free: number | null | undefined): number | null {
  if (!total || free === null || free === undefined) return null;
  return (100 * (total - free)) / total;
}

/** Bits per second over the WAN, both ways together; null until two samples tell. */
export function throughputOf(sample: Sample | null | undefined): number | null {
  const wan = wanOf(sample);
  if (wan?.rx_bps == null || wan.tx_bps == null) return null;
  return wan.rx_bps + wan.tx_bps;
}

/** The interface that leads to the internet. */
export function wanOf(sample: Sample | null | undefined) {
  return sample?.wan_device ? sample.interfaces[sample.wan_device] : undefined;
}
