import {
  canonicalMetadata,
  describeReferenceViolation,
  formatDatacenter,
  homeOfKey,
  isIdempotencyKey,
  isUuid,
  NODE_ID_MAX,
  readMetadata as checkMetadata,
  type PayOutRequest,
  type PreviewPayOutRequest,
} from '@billing/contracts';
import { describeAmountViolation, exponentOf, parseAmount } from '@billing/money';
import { readAccountId, readMetadataJson } from '../accounts/account.request.js';
import { BillingError, invalidRequest } from '../grpc/billing.errors.js';
import { fingerprintsOf, type PayOutMetadata } from './pay-out-fingerprints.js';

/** What a client wants paid out, checked. */
export interface PayOutOrder {
  readonly tenant: string;
  readonly clientId: string;
  readonly idempotencyKey: string;
  /** Of what is asked for, however it was written. */
  readonly fingerprint: Buffer;
  /** What earlier versions wrote down for the same, where it differs. */
  readonly earlierFingerprints: readonly Buffer[];
  readonly accountId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly mayDrain: boolean;
  readonly reference: string | undefined;
  /** A JSON object. */
  readonly metadata: string | undefined;
  /** The node that decides, whoever hears it; undefined: this one. */
  readonly homeNodeId: number | undefined;
  /** When it has to be answered, as `performance.now()` tells the time. */
  readonly deadlineMs: number;
}

/** One text for all that come under one key. */
export function keyOf({ tenant, clientId, idempotencyKey }: PayOutOrder): string {
  return `${tenant}\n${clientId}\n${idempotencyKey}`;
}

export interface DeadlineBounds {
  readonly deadlineMs: number;
  readonly deadlineMaxMs: number;
}

/**
 * @param callMs how long the call that brought it may still take
 * @throws BillingError INVALID_REQUEST that names the field
 */
export function readPayOut(
  { id: clientId, tenant }: { readonly id: string; readonly tenant: string },
  request: PayOutRequest,
  bounds: DeadlineBounds,
  callMs: number,
): PayOutOrder {
  const { idempotencyKey, currency } = request;
  if (!isIdempotencyKey(idempotencyKey)) {
    throw invalidRequest('idempotency_key', 'must have 1 to 255 printable ASCII characters');
  }
  const accountId = readAccountId(request.accountId);
  const amountMinor = readAmount(request.amount, currency);
  const reference = readReference(request.reference);
  const metadata = readMetadata(request.metadataJson);
  const mayDrain = readMayDrain(request.drain);
  const wantedMs = request.deadlineMs === 0 ? bounds.deadlineMs : request.deadlineMs;
  return {
    tenant,
    clientId,
    idempotencyKey,
    ...fingerprintsOf({ accountId, amountMinor, currency, reference, metadata, mayDrain }),
    accountId,
    amountMinor,
    currency,
    mayDrain,
    reference,
    metadata: metadata?.text,
    homeNodeId: readHome(idempotencyKey, request.homeNodeId),
    deadlineMs: performance.now() + Math.min(wantedMs, bounds.deadlineMaxMs, callMs),
  };
}

export interface PayOutQuestion {
  readonly accountId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly mayDrain: boolean;
}

/** @throws BillingError INVALID_REQUEST that names the field */
export function readPreview(request: PreviewPayOutRequest): PayOutQuestion {
  return {
    accountId: readAccountId(request.accountId),
    amountMinor: readAmount(request.amount, request.currency),
    currency: request.currency,
    mayDrain: readMayDrain(request.drain),
  };
}

/** @throws BillingError INVALID_REQUEST */
export function readPayOutId(payOutId: string): string {
  if (isUuid(payOutId)) return payOutId.toLowerCase();
  throw invalidRequest('pay_out_id', 'must be a UUID');
}

export function readAmount(text: string, currency: string): bigint {
  if (exponentOf(currency) === undefined) {
    throw invalidRequest('currency', describeAmountViolation('unknown_currency', currency));
  }
  const minor = parseAmount(text, currency);
  if (typeof minor === 'bigint') return minor;
  throw invalidRequest('amount', describeAmountViolation(minor, currency));
}

export function readReference(text: string): string | undefined {
  if (text === '') return undefined;
  const violation = describeReferenceViolation(text);
  if (violation !== undefined) throw invalidRequest('reference', violation);
  return text;
}

/** @throws BillingError INVALID_REQUEST */
export function readMetadata(json: string): PayOutMetadata | undefined {
  const metadata = readMetadataJson(json, 'metadata_json');
  if (metadata === undefined) return undefined;
  const { text, violation } = checkMetadata(metadata);
  if (text === undefined) throw invalidRequest('metadata_json', violation);
  return { text, canonical: canonicalMetadata(metadata) };
}

/** Named by the key itself, beside it, or not at all. @throws BillingError */
export function readHome(idempotencyKey: string, named: number): number | undefined {
  const ofKey = homeOfKey(idempotencyKey);
  if (ofKey === 0) {
    throw invalidRequest('idempotency_key', 'must name a datacenter behind its @, dc1 to dc63');
  }
  if (named === 0) return ofKey;
  if (named > NODE_ID_MAX) {
    throw invalidRequest('home_node_id', `must be a node, from 1 to ${NODE_ID_MAX}`);
  }
  if (ofKey !== undefined && ofKey !== named) {
    throw new BillingError(
      'IDEMPOTENCY_CONFLICT',
      `the idempotency key names ${formatDatacenter(ofKey)} as its home, the request ${formatDatacenter(named)}`,
    );
  }
  return named;
}

function readMayDrain(drain: string): boolean {
  switch (drain) {
    case 'DRAIN_UNSPECIFIED':
    case 'DRAIN_ANY':
      return true;
    case 'DRAIN_LOCAL_ONLY':
      return false;
    default:
      throw invalidRequest('drain', 'must be DRAIN_ANY or DRAIN_LOCAL_ONLY');
  }
}
