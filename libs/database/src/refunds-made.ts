/** A refund, as its pay-out or hold shows it. */
export interface RefundMade {
  readonly refundId: string;
  /** Of a hold. */
  readonly captureId: string | undefined;
  readonly amountMinor: bigint;
  readonly reference: string | undefined;
  readonly createdAt: Date;
}

/** As `billing.refunds_of` has it. */
export interface RefundMadeJson {
  refund_id: string;
  capture_id?: string | null;
  amount_minor: string;
  reference: string | null;
  created_at: string;
}

export function toRefundsMade(refunds: readonly RefundMadeJson[] = []): RefundMade[] {
  return refunds.map((refund) => ({
    refundId: refund.refund_id,
    captureId: refund.capture_id ?? undefined,
    amountMinor: BigInt(refund.amount_minor),
    reference: refund.reference ?? undefined,
    createdAt: new Date(refund.created_at),
  }));
}
