import { hash } from 'node:crypto';
import {
  formatDatacenter,
  isIdempotencyKey,
  nodeOfPayOut,
  type RefundPayOutRequest,
} from '@billing/contracts';
import type { RefundOrder } from '@billing/database';
import { invalidRequest } from '../grpc/billing.errors.js';
import {
  readAmount,
  readHome,
  readMetadata,
  readPayOutId,
  readReference,
} from './pay-out.request.js';

/**
 * What a client wants refunded, checked.
 * @throws BillingError INVALID_REQUEST that names the field; IDEMPOTENCY_CONFLICT of two homes
 */
export function readRefund(
  { id: clientId, tenant }: { readonly id: string; readonly tenant: string },
  request: RefundPayOutRequest,
): RefundOrder {
  const { idempotencyKey, currency } = request;
  const payOutId = readPayOutId(request.payOutId);
  if (!isIdempotencyKey(idempotencyKey)) {
    throw invalidRequest('idempotency_key', 'must have 1 to 255 printable ASCII characters');
  }
  const amountMinor = readAmount(request.amount, currency);
  const reference = readReference(request.reference);
  const metadata = readMetadata(request.metadataJson);
  assertHome(payOutId, idempotencyKey, request.homeNodeId);
  // Its first byte is no pay-out's fingerprint's (ADR 17).
  const meaning = [payOutId, amountMinor.toString(), currency, reference, metadata?.canonical];
  const digest = hash('sha256', JSON.stringify(['refund_pay_out', ...meaning]), 'buffer');
  return {
    payOutId,
    tenant,
    clientId,
    idempotencyKey,
    fingerprint: Buffer.concat([Buffer.from([1]), digest]),
    amountMinor,
    currency,
    reference,
    metadata: metadata?.text,
  };
}

/** The node that keeps the pay-out is the home of whatever is done about it. */
function assertHome(payOutId: string, idempotencyKey: string, named: number): void {
  const nodeId = nodeOfPayOut(payOutId);
  const homeNodeId = readHome(idempotencyKey, named);
  if (homeNodeId === undefined || nodeId === undefined || homeNodeId === nodeId) return;
  const field = named === 0 ? 'idempotency_key' : 'home_node_id';
  throw invalidRequest(
    field,
    `names ${formatDatacenter(homeNodeId)}, but the pay-out is kept by ${formatDatacenter(nodeId)}, which decides`,
  );
}
