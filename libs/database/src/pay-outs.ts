import type { Tenants } from '@billing/contracts';
import type { Caller } from './database.js';
import { toRefundsMade, type RefundMade, type RefundMadeJson } from './refunds-made.js';
import { toParameter } from './tenants.js';
import {
  encodeUpTo,
  toPaidUpTo,
  toUpTo,
  type PaidUpTo,
  type UpTo,
  type UpToJson,
  type UpToTerms,
} from './up-to.js';

/** One request of `billing.pay_out`. */
export interface PayOutRow {
  /** Whose key it is, and whose account it must be. */
  readonly tenant: string;
  readonly clientId: string;
  readonly idempotencyKey: string;
  /** Of what the request means. */
  readonly fingerprint: Buffer;
  /** What earlier versions wrote down for the same. */
  readonly earlierFingerprints?: readonly Buffer[];
  readonly accountId: bigint;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly mayDrain: boolean;
  readonly deadlineMs: number;
  readonly reference?: string | undefined;
  /** A JSON object, as text. */
  readonly metadata?: string | undefined;
  readonly charge?: ChargeRow | undefined;
  /** It takes what there is, up to its amount; from this node's part alone, if it may never drain. */
  readonly upTo?: UpToTerms | undefined;
}

/** What makes a pay-out a charge. All are decimal strings. */
export interface Charge {
  readonly serviceId: string;
  readonly quantity: string;
  /** The one that is used, in major units. */
  readonly price: string;
  readonly unit: string | undefined;
}

/** Why a charge cannot be made any more under a new key. */
export type ChargeRefusal =
  'service_not_found' | 'service_retired' | 'nothing_to_charge' | 'charge_out_of_range';

/** Refused: what was charged under its key before is told nevertheless. */
export type ChargeRow = Charge | { readonly refusal: ChargeRefusal };

export interface Taking {
  readonly nodeId: number;
  readonly amountMinor: bigint;
}

/** A pay-out that some node keeps. */
export interface PayOutRecord {
  readonly payOutId: string;
  readonly accountId: bigint;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly status: 'pending' | 'committed' | 'rejected';
  readonly rejection: string | undefined;
  readonly reference: string | undefined;
  /** A JSON object, as text. */
  readonly metadata: string | undefined;
  readonly createdAt: Date;
  readonly decidedAt: Date | undefined;
  /** In order of node; empty unless committed. */
  readonly parts: readonly Taking[];
  /** The one that stands under its key; this one was given back. */
  readonly duplicateOf: string | undefined;
  readonly charge: Charge | undefined;
  readonly upTo: UpTo | undefined;
  readonly refundedMinor: bigint;
  /** The newest 200, the oldest of them first. */
  readonly refunds: readonly RefundMade[];
}

/** Where a change has arrived (docs/positions.md); undefined: not known. */
export type Position = string | undefined;

export type PayOutVerdict =
  | { readonly status: 'account_not_found' }
  | {
      readonly status:
        'idempotency_conflict' | 'account_deleted' | 'account_frozen' | ChargeRefusal;
    }
  | { readonly status: 'replayed'; readonly payOut: PayOutRecord; readonly position: Position }
  | { readonly status: 'in_progress'; readonly payOutId: string }
  | { readonly status: 'currency_mismatch'; readonly accountCurrency: string }
  /** From this node's part alone. */
  | {
      readonly status: 'committed';
      readonly payOutId: string;
      readonly createdAt: Date;
      readonly position: Position;
      /** Of one up to an amount. */
      readonly upTo: PaidUpTo | undefined;
    }
  /** Nothing was written: not covered here, and it may not drain now. */
  | { readonly status: 'short'; readonly localMinor: bigint }
  | {
      readonly status: 'begun';
      readonly payOutId: string;
      readonly createdAt: Date;
      readonly attempt: Attempt;
    };

/** A pending attempt of a pay-out, as its first step left it. */
export interface Attempt {
  readonly attemptId: string;
  readonly payOutId: string;
  readonly accountId: bigint;
  readonly amountMinor: bigint;
  readonly reference?: string | undefined;
  readonly deadlineAt: string;
  /** Of a hold: what is taken is held for so long. */
  readonly heldForMs?: number | undefined;
  /** The donors chosen for round 1. */
  readonly asks: readonly { readonly nodeId: number; readonly wantedMinor: bigint }[];
  /** Every node, this one included: whom a second round asks. */
  readonly nodes: readonly number[];
  /** What this node itself holds, round 1. */
  readonly answers: readonly ReserveAnswer[];
}

/** What a node said to a reserve, in the words of `billing.reserve`: passed on as it is. */
export interface ReserveAnswer {
  readonly node_id: number;
  readonly attempt_id: string;
  readonly round: number;
  readonly status:
    | 'reserved'
    | 'closed'
    | 'account_deleted'
    | 'account_frozen'
    | 'late'
    | 'unreachable'
    | 'unknown'
    | 'failed';
  /** Decimal strings of minor units; absent when the node did not answer. */
  readonly reserved_minor?: string;
  readonly own_minor?: string;
  readonly others_minor?: string;
  readonly left_minor?: string;
  readonly income_minor?: string;
  /** What tells of it; absent: of a node whose SQL is a version older, and where nothing is held. */
  readonly batch_id?: string;
}

interface PayOutAnswerRow extends PayOutAnswer, Record<string, unknown> {}

/** A row of `billing.pay_out`. */
export interface PayOutAnswer {
  ordinal: number;
  status: PayOutVerdict['status'];
  pay_out_id: string | null;
  created_at: Date | null;
  local_minor: bigint | null;
  attempt: AttemptJson | null;
  known: PayOutJson | UpToJson | null;
  /** Absent: of a node whose SQL is a version older. */
  position?: string | null;
}

export interface AttemptJson {
  attempt_id: string;
  pay_out_id: string;
  account_id: string;
  amount_minor: string;
  reference?: string | null;
  deadline_at: string;
  held_for_ms?: number | null;
  asks: { node_id: number; wanted_minor: string }[];
  nodes: number[];
  answers: ReserveAnswer[];
}

export interface PayOutJson {
  pay_out_id: string;
  account_id: string;
  amount_minor: string;
  /** Null while the account's row is copied anew to the node that keeps the pay-out. */
  currency: string | null;
  status: PayOutRecord['status'];
  rejection: string | null;
  reference: string | null;
  /** Absent: of a node whose SQL is a version older. */
  metadata?: string | null;
  created_at: string;
  decided_at: string | null;
  parts: { node_id: number; amount_minor: string }[];
  /** Absent: of a node whose SQL is a version older. */
  duplicate_of?: string | null;
  refunded_minor?: string;
  refunds?: readonly RefundMadeJson[];
  charge?: ChargeJson | null;
  up_to?: UpToJson | null;
}

interface ChargeJson {
  readonly service_id: string;
  readonly quantity: string;
  readonly price: string;
  readonly unit?: string | null;
}

/**
 * `billing.pay_out`: many pay-outs in one call, judged in order of arrival per account. May be called
 * again with the same requests: what was done is told as repeated. A key must not come twice in one call.
 * @returns a verdict a request, in their order
 * @throws DatabaseError
 */
export async function payOut(
  database: Caller,
  requests: readonly PayOutRow[],
): Promise<PayOutVerdict[]> {
  const earlier = requests.flatMap(({ earlierFingerprints = [] }, index) =>
    earlierFingerprints.map((fingerprint) => ({ index: index + 1, fingerprint })),
  );
  const rows = await database.query<PayOutAnswerRow>(
    'pay_out',
    'select * from billing.pay_out($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)',
    [
      requests.map(({ clientId }) => clientId),
      requests.map(({ idempotencyKey }) => idempotencyKey),
      requests.map(({ fingerprint }) => fingerprint),
      requests.map(({ accountId }) => accountId),
      requests.map(({ amountMinor }) => amountMinor),
      requests.map(({ currency }) => currency),
      requests.map(({ mayDrain }) => mayDrain),
      requests.map(({ deadlineMs }) => deadlineMs),
      requests.map(({ reference }) => reference ?? null),
      requests.map(({ metadata }) => metadata ?? null),
      earlier.length === 0 ? null : earlier.map(({ index }) => index),
      earlier.length === 0 ? null : earlier.map(({ fingerprint }) => fingerprint),
      requests.map(({ tenant }) => tenant),
      requests.some(({ charge }) => charge !== undefined) ? requests.map(encodeCharge) : null,
      requests.some(({ upTo }) => upTo !== undefined) ? requests.map(encodeUpTo) : null,
    ],
  );
  if (rows.length !== requests.length) {
    throw new TypeError(`billing.pay_out answered ${rows.length} of ${requests.length}`);
  }
  return rows.map((row, index) => toVerdict(row, requests[index]!.currency));
}

/** As `billing.pay_out` has it. */
export function encodeCharge({
  charge,
  amountMinor,
}: Pick<PayOutRow, 'charge' | 'amountMinor'>): object | null {
  if (charge === undefined) return null;
  if ('refusal' in charge) return { refusal: charge.refusal };
  const { serviceId, quantity, price, unit } = charge;
  return {
    service_id: serviceId,
    quantity,
    price,
    ...(unit !== undefined && { unit }),
    amount_minor: amountMinor.toString(),
  };
}

/** `billing.begin_attempt`: undefined when the pay-out may have no further attempt. @throws DatabaseError */
export async function beginAttempt(
  database: Caller,
  payOutId: string,
): Promise<Attempt | undefined> {
  const [row] = await database.query<{ attempt: AttemptJson | null }>(
    'begin_attempt',
    'select billing.begin_attempt($1) as attempt',
    [payOutId],
  );
  const attempt = row?.attempt ?? null;
  return attempt === null ? undefined : toAttempt(attempt);
}

export type PayOutLookup =
  | { readonly status: 'found'; readonly payOut: PayOutRecord }
  | { readonly status: 'not_found' }
  /** The node has the pay-out, and its account's row not yet again. */
  | { readonly status: 'account_copying'; readonly nodeId: number; readonly accountId: string }
  | { readonly status: 'node_unreachable'; readonly nodeId: number };

/** `billing.get_pay_out`: asked of the node that keeps it. @throws DatabaseError */
export async function getPayOut(
  database: Caller,
  payOutId: string,
  timeoutMs: number,
  tenants: Tenants,
): Promise<PayOutLookup> {
  const [row] = await database.query<{
    status: PayOutLookup['status'];
    node_id: number;
    pay_out: PayOutJson | null;
  }>('get_pay_out', 'select * from billing.get_pay_out($1, $2, $3)', [
    payOutId,
    timeoutMs,
    toParameter(tenants),
  ]);
  if (row === undefined) throw new TypeError('billing.get_pay_out returned no row');
  if (row.pay_out !== null) {
    const { currency, account_id: accountId } = row.pay_out;
    if (currency === null) return { status: 'account_copying', nodeId: row.node_id, accountId };
    return { status: 'found', payOut: toRecord(row.pay_out, currency) };
  }
  return row.status === 'node_unreachable'
    ? { status: row.status, nodeId: row.node_id }
    : { status: 'not_found' };
}

export interface PayOutPreview {
  readonly status:
    'account_not_found' | 'account_deleted' | 'currency_mismatch' | 'account_frozen' | 'planned';
  /** Empty when the account is not known. */
  readonly accountCurrency: string;
  readonly parts: readonly Taking[];
  readonly spendableMinor: bigint;
  readonly strandedMinor: bigint;
  readonly unreachableNodes: readonly number[];
}

/** `billing.preview_pay_out`: the plan, moving nothing. @throws DatabaseError */
export async function previewPayOut(
  database: Caller,
  request: Pick<PayOutRow, 'accountId' | 'amountMinor' | 'currency' | 'mayDrain'> & {
    readonly tenants: Tenants;
  },
): Promise<PayOutPreview> {
  const [row] = await database.query<{
    status: PayOutPreview['status'];
    account_currency: string | null;
    nodes: number[] | null;
    parts_minor: bigint[] | null;
    spendable_minor: string | null;
    stranded_minor: string | null;
    unreachable_nodes: number[] | null;
  }>('preview_pay_out', 'select * from billing.preview_pay_out($1, $2, $3, $4, $5)', [
    request.accountId,
    request.amountMinor,
    request.currency,
    request.mayDrain,
    toParameter(request.tenants),
  ]);
  if (row === undefined) throw new TypeError('billing.preview_pay_out returned no row');
  return {
    status: row.status,
    accountCurrency: row.account_currency ?? '',
    parts: toTakings(row.nodes, row.parts_minor),
    spendableMinor: BigInt(row.spendable_minor ?? 0),
    strandedMinor: BigInt(row.stranded_minor ?? 0),
    unreachableNodes: row.unreachable_nodes ?? [],
  };
}

/** Two arrays of SQL, node and amount, as one. */
export function toTakings(
  nodeIds: readonly number[] | null,
  amountsMinor: readonly bigint[] | null,
): Taking[] {
  return (nodeIds ?? []).map((nodeId, index) => ({ nodeId, amountMinor: amountsMinor![index]! }));
}

export function toVerdict(row: PayOutAnswer, currency: string): PayOutVerdict {
  const { status } = row;
  switch (status) {
    case 'replayed':
      // The same fingerprint, so the same currency, also while the account's row is not here.
      return {
        status,
        payOut: toRecord(row.known as PayOutJson, currency),
        position: row.position ?? undefined,
      };
    case 'in_progress':
      return { status, payOutId: row.pay_out_id! };
    case 'currency_mismatch':
      return { status, accountCurrency: (row.known as PayOutJson).currency! };
    case 'committed':
      return {
        status,
        payOutId: row.pay_out_id!,
        createdAt: row.created_at!,
        position: row.position ?? undefined,
        upTo: row.known ? toPaidUpTo(row.known as UpToJson) : undefined,
      };
    case 'short':
      return { status, localMinor: row.local_minor! };
    case 'begun':
      return {
        status,
        payOutId: row.pay_out_id!,
        createdAt: row.created_at!,
        attempt: toAttempt(row.attempt!),
      };
    default:
      return { status };
  }
}

function toAttempt(json: AttemptJson): Attempt {
  return {
    attemptId: json.attempt_id,
    payOutId: json.pay_out_id,
    accountId: BigInt(json.account_id),
    amountMinor: BigInt(json.amount_minor),
    reference: json.reference ?? undefined,
    deadlineAt: json.deadline_at,
    heldForMs: json.held_for_ms ?? undefined,
    asks: json.asks.map((ask) => ({
      nodeId: ask.node_id,
      wantedMinor: BigInt(ask.wanted_minor),
    })),
    nodes: json.nodes,
    answers: json.answers,
  };
}

export function toRecord(json: PayOutJson, currency: string): PayOutRecord {
  return {
    payOutId: json.pay_out_id,
    accountId: BigInt(json.account_id),
    amountMinor: BigInt(json.amount_minor),
    currency,
    status: json.status,
    rejection: json.rejection ?? undefined,
    reference: json.reference ?? undefined,
    metadata: json.metadata ?? undefined,
    createdAt: new Date(json.created_at),
    decidedAt: json.decided_at === null ? undefined : new Date(json.decided_at),
    parts: json.parts.map((part) => ({
      nodeId: part.node_id,
      amountMinor: BigInt(part.amount_minor),
    })),
    duplicateOf: json.duplicate_of ?? undefined,
    charge: toCharge(json.charge ?? null),
    upTo: json.up_to ? toUpTo(json.up_to) : undefined,
    refundedMinor: BigInt(json.refunded_minor ?? 0),
    refunds: toRefundsMade(json.refunds),
  };
}

function toCharge(json: ChargeJson | null): Charge | undefined {
  if (json === null) return undefined;
  const { service_id: serviceId, quantity, price, unit } = json;
  return { serviceId, quantity, price, unit: unit ?? undefined };
}
