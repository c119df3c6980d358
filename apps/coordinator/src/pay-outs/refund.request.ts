import { hash } from 'node:crypto';
import {
  formatDatacenter,
  isIdempotencyKey,
  isUuid,
  nodeOfPayOut,
  type RefundCaptureRequest,
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
export function readRefund(client: Refunder, request: RefundPayOutRequest): RefundOrder {
  const payOutId = readPayOutId(request.payOutId);
  return readOrder(client, request, { payOutId, keeps: 'the pay-out' }, ['refund_pay_out']);
}

/** The same, of a capture. @throws as `readRefund` */
export function readCaptureRefund(client: Refunder, request: RefundCaptureRequest): RefundOrder {
  if (!isUuid(request.holdId)) throw invalidRequest('hold_id', 'must be a UUID');
  const holdId = request.holdId.toLowerCase();
  if (!isUuid(request.captureId)) throw invalidRequest('capture_id', 'must be a UUID');
  const captureId = request.captureId.toLowerCase();
  const about = { payOutId: holdId, captureId, keeps: 'the hold' };
  return readOrder(client, request, about, ['refund_capture', captureId]);
}

interface Refunder {
  readonly id: string;
  readonly tenant: string;
}

interface About extends Pick<RefundOrder, 'payOutId' | 'captureId'> {
  readonly keeps: string;
}

function readOrder(
  { id: clientId, tenant }: Refunder,
  request: Omit<RefundPayOutRequest, 'payOutId'>,
  { payOutId, captureId, keeps }: About,
  what: readonly string[],
): RefundOrder {
  const { idempotencyKey, currency } = request;
  if (!isIdempotencyKey(idempotencyKey)) {
    throw invalidRequest('idempotency_key', 'must have 1 to 255 printable ASCII characters');
  }
  const amountMinor = readAmount(request.amount, currency);
  const reference = readReference(request.reference);
  const metadata = readMetadata(request.metadataJson);
  assertHome(payOutId, keeps, idempotencyKey, request.homeNodeId);
  // Its first byte is no pay-out's fingerprint's (ADR 17).
  const meaning = [payOutId, amountMinor.toString(), currency, reference, metadata?.canonical];
  const digest = hash('sha256', JSON.stringify([...what, ...meaning]), 'buffer');
  return {
    payOutId,
    captureId,
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

/** The node that keeps it is the home of whatever is done about it. */
function assertHome(payOutId: string, keeps: string, idempotencyKey: string, named: number): void {
  const nodeId = nodeOfPayOut(payOutId);
  const homeNodeId = readHome(idempotencyKey, named);
  if (homeNodeId === undefined || nodeId === undefined || homeNodeId === nodeId) return;
  const keeper = `${formatDatacenter(nodeId)}, which keeps ${keeps}`;
  throw named === 0
    ? invalidRequest('idempotency_key', `must name ${keeper}, or no datacenter`)
    : invalidRequest('home_node_id', `must be ${keeper}`);
}
