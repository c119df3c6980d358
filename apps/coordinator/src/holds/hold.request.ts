import { hash } from 'node:crypto';
import {
  formatDatacenter,
  isIdempotencyKey,
  isUuid,
  nodeOfPayOut,
  type AuthoriseHoldRequest,
  type CaptureHoldRequest,
  type ExtendHoldRequest,
  type VoidHoldRequest,
} from '@billing/contracts';
import type { HoldOperationRow } from '@billing/database';
import { BillingError, invalidRequest } from '../grpc/billing.errors.js';
import {
  readAmount,
  readHome,
  readMetadata,
  readPayOut,
  readReference,
  type DeadlineBounds,
  type PayOutOrder,
} from '../pay-outs/pay-out.request.js';

/** What a client wants held, checked. */
export interface HoldOrder extends PayOutOrder {
  readonly heldForMs: number;
  readonly homeNodeId: number;
}

/** What a client wants done with a hold, checked. */
export interface HoldOperationOrder extends HoldOperationRow {
  readonly homeNodeId: number;
  /** When it has to be answered, as `performance.now()` tells the time. */
  readonly deadlineMs: number;
}

export interface HoldBounds extends DeadlineBounds {
  /** Of a request that says none. */
  readonly heldForMs: number;
  readonly heldForMaxMs: number;
}

export interface Holder {
  readonly id: string;
  readonly tenant: string;
}

/** @throws BillingError INVALID_REQUEST that names the field, IDEMPOTENCY_CONFLICT */
export function readAuthorisation(
  client: Holder,
  request: AuthoriseHoldRequest,
  bounds: HoldBounds,
  callMs: number,
): HoldOrder {
  const order = readPayOut(client, { ...request, charge: null, upTo: null }, bounds, callMs);
  const { homeNodeId } = order;
  if (homeNodeId === undefined) {
    throw invalidRequest(
      'idempotency_key',
      'of a hold must name its home, or home_node_id be said',
    );
  }
  const heldForMs =
    request.heldForMs === 0 ? bounds.heldForMs : readDuration(request.heldForMs, bounds);
  // What was said, not the default, which may be another one when it is repeated.
  const meaning = [homeNodeId, request.heldForMs, order.fingerprint.toString('hex')];
  const fingerprint = digest('hold', ...meaning);
  return { ...order, homeNodeId, heldForMs, fingerprint, earlierFingerprints: [] };
}

/** @throws BillingError INVALID_REQUEST that names the field, IDEMPOTENCY_CONFLICT */
export function readCapture(
  client: Holder,
  request: CaptureHoldRequest,
  bounds: HoldBounds,
  callMs: number,
): HoldOperationOrder {
  const amountMinor = readAmount(request.amount, request.currency);
  const reference = readReference(request.reference);
  const metadata = readMetadata(request.metadataJson);
  const { currency } = request;
  return readOperation(client, { ...request, kind: 'capture' }, bounds, callMs, {
    amountMinor,
    currency,
    reference,
    metadata: metadata?.text,
    meaning: [amountMinor, currency, reference ?? null, metadata?.canonical ?? null],
  });
}

/** @throws BillingError INVALID_REQUEST that names the field, IDEMPOTENCY_CONFLICT */
export function readVoid(
  client: Holder,
  request: VoidHoldRequest,
  bounds: HoldBounds,
  callMs: number,
): HoldOperationOrder {
  return readOperation(client, { ...request, kind: 'void' }, bounds, callMs, { meaning: [] });
}

/** @throws BillingError INVALID_REQUEST that names the field, IDEMPOTENCY_CONFLICT */
export function readExtension(
  client: Holder,
  request: ExtendHoldRequest,
  bounds: HoldBounds,
  callMs: number,
): HoldOperationOrder {
  const heldForMs = readDuration(request.heldForMs, bounds);
  const meaning = [heldForMs];
  return readOperation(client, { ...request, kind: 'extension' }, bounds, callMs, {
    heldForMs,
    meaning,
  });
}

interface Named {
  readonly kind: HoldOperationRow['kind'];
  readonly holdId: string;
  readonly idempotencyKey: string;
  readonly homeNodeId: number;
}

interface Content extends Pick<
  HoldOperationRow,
  'amountMinor' | 'currency' | 'heldForMs' | 'reference' | 'metadata'
> {
  /** What makes two requests the same, beside what they are about. */
  readonly meaning: readonly unknown[];
}

function readOperation(
  client: Holder,
  { kind, holdId: id, idempotencyKey, homeNodeId: named }: Named,
  bounds: HoldBounds,
  callMs: number,
  { meaning, ...content }: Content,
): HoldOperationOrder {
  if (!isIdempotencyKey(idempotencyKey)) {
    throw invalidRequest('idempotency_key', 'must have 1 to 255 printable ASCII characters');
  }
  const { holdId, homeNodeId } = readHold(id);
  const home = readHome(idempotencyKey, named);
  if (home !== homeNodeId) {
    const where = formatDatacenter(homeNodeId);
    throw invalidRequest('home_node_id', `must be the hold's home, as the key's: ${where}`);
  }
  return {
    ...content,
    kind,
    tenant: client.tenant,
    clientId: client.id,
    idempotencyKey,
    fingerprint: digest(kind, holdId, ...meaning),
    holdId,
    homeNodeId,
    deadlineMs: performance.now() + Math.min(bounds.deadlineMs, callMs),
  };
}

/** Its home is in its id. @throws BillingError INVALID_REQUEST, HOLD_NOT_FOUND */
export function readHold(id: string): { holdId: string; homeNodeId: number } {
  if (!isUuid(id)) throw invalidRequest('hold_id', 'must be a UUID');
  const holdId = id.toLowerCase();
  const homeNodeId = nodeOfPayOut(holdId);
  if (homeNodeId === undefined) throw holdNotFound(holdId);
  return { holdId, homeNodeId };
}

export function holdNotFound(holdId: string): BillingError {
  return new BillingError('HOLD_NOT_FOUND', `hold ${holdId} is not known`, { hold_id: holdId });
}

function readDuration(heldForMs: number, { heldForMaxMs }: HoldBounds): number {
  if (heldForMs >= 1 && heldForMs <= heldForMaxMs) return heldForMs;
  throw invalidRequest('held_for_ms', `must be a whole number from 1 to ${heldForMaxMs}`);
}

/** A first byte of its own: no fingerprint of a pay-out is the same. */
function digest(...meaning: readonly unknown[]): Buffer {
  const text = JSON.stringify(meaning.map((one) => (typeof one === 'bigint' ? `${one}` : one)));
  return Buffer.concat([Buffer.from([3]), hash('sha256', text, 'buffer')]);
}
