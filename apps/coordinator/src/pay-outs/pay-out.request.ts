import {
  canonicalMetadata,
  describeReferenceViolation,
  formatDatacenter,
  homeOfKey,
  isIdempotencyKey,
  isServiceId,
  isUuid,
  NODE_ID_MAX,
  readMetadata as checkMetadata,
  SERVICE_ID_RULE,
  type PayOutRequest,
  type PreviewPayOutRequest,
} from '@billing/contracts';
import type { ChargeRow, PayOutRow } from '@billing/database';
import {
  describeAmountViolation,
  describeMinimumViolation,
  exponentOf,
  isQuantity,
  parseAmount,
  parseMinimum,
  plainDecimal,
  QUANTITY_RULE,
} from '@billing/money';
import { readAccountId, readMetadataJson } from '../accounts/account.request.js';
import { BillingError, invalidRequest } from '../grpc/billing.errors.js';
import type { PricedCharge } from '../catalogue/price-list.js';
import { fingerprintsOf, type ChargeMeaning, type PayOutMetadata } from './pay-out-fingerprints.js';

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
  /** 0 of a charge that is refused; all that is taken of one that takes what there is. */
  readonly amountMinor: bigint;
  /** It takes what there is, up to the amount, and no less than this. */
  readonly minimumMinor: bigint | undefined;
  readonly currency: string;
  readonly charge: ChargeRow | undefined;
  /** The service that is charged for. */
  readonly serviceId: string | undefined;
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

/** As SQL wants it; undefined: of an exact amount. */
export function termsOf({ minimumMinor, mayDrain }: PayOutOrder): PayOutRow['upTo'] {
  return minimumMinor === undefined ? undefined : { minimumMinor, isLocal: !mayDrain };
}

export interface DeadlineBounds {
  readonly deadlineMs: number;
  readonly deadlineMaxMs: number;
}

/** What is charged for, checked; undefined: the request is no charge. @throws BillingError INVALID_REQUEST */
export function readCharge(request: PayOutRequest): ChargeMeaning | undefined {
  const { charge, amount, currency, upTo } = request;
  if (charge === null) return undefined;
  if (upTo !== null) throw invalidRequest('up_to', 'must be left out: a charge has a price');
  if (amount !== '') throw invalidRequest('amount', 'must be left out: a charge has a price');
  if (currency !== '') throw invalidRequest('currency', 'must be left out: it is the service’s');
  const { serviceId, quantity } = charge;
  if (!isServiceId(serviceId)) throw invalidRequest('service_id', SERVICE_ID_RULE);
  if (!isQuantity(quantity)) throw invalidRequest('quantity', QUANTITY_RULE);
  return { serviceId, quantity: plainDecimal(quantity) };
}

/** What it costs now. */
export interface PricedMeaning {
  readonly meaning: ChargeMeaning;
  readonly priced: PricedCharge;
}

/**
 * @param callMs how long the call that brought it may still take
 * @param charge of a request that is one
 * @throws BillingError INVALID_REQUEST that names the field
 */
export function readPayOut(
  { id: clientId, tenant }: { readonly id: string; readonly tenant: string },
  request: PayOutRequest,
  bounds: DeadlineBounds,
  callMs: number,
  charge?: PricedMeaning,
): PayOutOrder {
  const { idempotencyKey } = request;
  const currency = charge?.priced.currency ?? request.currency;
  if (!isIdempotencyKey(idempotencyKey)) {
    throw invalidRequest('idempotency_key', 'must have 1 to 255 printable ASCII characters');
  }
  const accountId = readAccountId(request.accountId);
  const { amountMinor, minimumMinor } =
    charge === undefined
      ? readAmounts(request)
      : { amountMinor: charge.priced.amountMinor, minimumMinor: undefined };
  const homeNodeId = readHome(idempotencyKey, request.homeNodeId);
  if (minimumMinor !== undefined && homeNodeId === undefined) {
    throw invalidRequest(
      'idempotency_key',
      'must name its home for one up to an amount, or home_node_id be said',
    );
  }
  const reference = readReference(request.reference);
  const metadata = readMetadata(request.metadataJson);
  const mayDrain = readMayDrain(request.drain);
  const wantedMs = request.deadlineMs === 0 ? bounds.deadlineMs : request.deadlineMs;
  return {
    tenant,
    clientId,
    idempotencyKey,
    ...fingerprintsOf({
      accountId,
      amountMinor,
      minimumMinor,
      currency,
      reference,
      metadata,
      mayDrain,
      charge: charge?.meaning,
    }),
    accountId,
    amountMinor,
    minimumMinor,
    currency,
    charge: charge?.priced.charge,
    serviceId: charge?.meaning.serviceId,
    mayDrain,
    reference,
    metadata: metadata?.text,
    homeNodeId,
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

/** @throws BillingError INVALID_REQUEST */
export function readAmount(text: string, currency: string, field = 'amount'): bigint {
  if (exponentOf(currency) === undefined) {
    throw invalidRequest('currency', describeAmountViolation('unknown_currency', currency));
  }
  const minor = parseAmount(text, currency);
  if (typeof minor === 'bigint') return minor;
  throw invalidRequest(field, describeAmountViolation(minor, currency));
}

/** An exact amount, or up to one and from a minimum on. @throws BillingError INVALID_REQUEST */
function readAmounts({ amount, currency, upTo }: PayOutRequest) {
  if (upTo === null) return { amountMinor: readAmount(amount, currency), minimumMinor: undefined };
  if (amount !== '') throw invalidRequest('amount', 'must be left out: up_to stands in its place');
  const amountMinor = readAmount(upTo.upTo, currency, 'up_to');
  const minimumMinor = parseMinimum(upTo.minimum === '' ? '0' : upTo.minimum, currency);
  if (typeof minimumMinor !== 'bigint') {
    throw invalidRequest('minimum', describeMinimumViolation(minimumMinor, currency));
  }
  if (minimumMinor > amountMinor) throw invalidRequest('minimum', 'must be no more than up_to');
  return { amountMinor, minimumMinor };
}

/** @throws BillingError INVALID_REQUEST */
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
