/** Vouchers: their states, and what is done with them. */
import { api } from "../api/client";
import type { Schemas } from "../api/types";
import type { Tone } from "../shell/StatusChip";

export type Batch = Schemas["VoucherBatchOut"];
export type Voucher = Schemas["VoucherOut"];

export const STATES: readonly Voucher["state"][] = ["unused", "used", "expired", "revoked"];
export const TONES: Record<Voucher["state"], Tone> = { unused: "good", used: "busy", expired: "off", revoked: "bad" };
/** Slips in one PDF file. */
export const PER_FILE = 420;

/** Where each file of a batch begins: 1, 421, … */
export function filesOf(vouchers: number): number[] {
  return Array.from({ length: Math.ceil(vouchers / PER_FILE) }, (_, index) => index * PER_FILE + 1);
}

export function revokeBatch(batchId: string): Promise<unknown> {
  return api.POST("/api/v1/voucher-batches/{batch_id}/revoke", { params: { path: { batch_id: batchId } } });
}

/** One voucher is an account of its own; revoking it removes the account. */
export function revokeVoucher(voucherId: string): Promise<unknown> {
  return api.DELETE("/api/v1/subscribers/{subscriber_id}", { params: { path: { subscriber_id: voucherId } } });
}
