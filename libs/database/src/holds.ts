import type { Tenants } from '@billing/contracts';
import type { Caller } from './database.js';
import {
  toVerdict,
  type PayOutAnswer,
  type PayOutRow,
  type PayOutVerdict,
  type Position,
} from './pay-outs.js';
import { toRefundsMade, type RefundMade, type RefundMadeJson } from './refunds-made.js';
import { toParameter } from './tenants.js';

/** One request of `billing.authorise_holds`. */
export interface HoldRow extends Omit<PayOutRow, 'earlierFingerprints'> {
  /** From the begin of the attempt that is decided for. */
  readonly heldForMs: number;
}

/** What a node holds of a hold, or did, as the hold's home knows it. */
export interface HoldPart {
  readonly nodeId: number;
  readonly amountMinor: bigint;
  readonly capturedMinor: bigint;
  /** Asked for by captures, and not answered. */
  readonly unknownMinor: bigint;
  readonly heldMinor: bigint;
  /** Given back, or about to be: its node has not said. */
  readonly returningMinor: bigint;
  readonly returnedMinor: bigint;
}

/** A hold, as its home knows it. */
export interface HoldRecord {
  readonly holdId: string;
  readonly accountId: bigint;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly state: 'pending' | 'rejected' | 'open' | 'voided' | 'over';
  readonly rejection: string | undefined;
  readonly reference: string | undefined;
  /** A JSON object, as text. */
  readonly metadata: string | undefined;
  readonly createdAt: Date;
  readonly decidedAt: Date | undefined;
  /** By home's clock. */
  readonly endsAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** In order of node; empty unless it was decided for. */
  readonly parts: readonly HoldPart[];
  /** Of all its captures. */
  readonly refundedMinor: bigint;
  /** The newest 200, the oldest of them first. */
  readonly refunds: readonly RefundMade[];
}

/** As of a pay-out; `committed`: it is open, held by this node alone. */
export type HoldVerdict =
  | Exclude<PayOutVerdict, { status: 'replayed' | 'committed' }>
  | (Extract<PayOutVerdict, { status: 'committed' }> & { readonly endsAt: Date })
  | { readonly status: 'replayed'; readonly hold: HoldRecord; readonly position: Position };

export type HoldOperationKind = 'capture' | 'void' | 'extension';

/** One request of `billing.begin_hold_operation`. */
export interface HoldOperationRow {
  readonly kind: HoldOperationKind;
  readonly tenant: string;
  readonly clientId: string;
  readonly idempotencyKey: string;
  readonly fingerprint: Buffer;
  readonly holdId: string;
  /** Of a capture, as its currency. */
  readonly amountMinor?: bigint | undefined;
  readonly currency?: string | undefined;
  /** Of an extension: from now on. */
  readonly heldForMs?: number | undefined;
  /** Of one that its home is to carry out: how long nodes that hold parts have; none: they are asked later. */
  readonly askTimeoutMs?: number | undefined;
  readonly reference?: string | undefined;
  /** A JSON object, as text. */
  readonly metadata?: string | undefined;
}

/** What a node is asked for by an operation, and what it has answered. */
export interface HoldAsk {
  readonly nodeId: number;
  readonly askedMinor: bigint;
  readonly isAnswered: boolean;
  /** Captured, or given back. */
  readonly gotMinor: bigint;
  /** Nothing is held there any more. */
  readonly isOver: boolean;
  /** Of an extension, by that node's clock. */
  readonly heldUntil: Date | undefined;
}

/** What `billing.begin_hold_operation` says. */
export interface HoldOperationAnswer {
  readonly status:
    | 'idempotency_conflict'
    | 'repeated'
    | 'not_found'
    | 'in_progress'
    /** The account's row is not at the hold's home just now: `accountId`. */
    | 'account_copying'
    | 'currency_mismatch'
    | 'hold_voided'
    | 'hold_over'
    | 'hold_exceeded'
    | 'begun';
  readonly hold: HoldRecord | undefined;
  readonly accountId: string | undefined;
  readonly leftMinor: bigint;
  readonly operationId: string | undefined;
  readonly createdAt: Date | undefined;
  /** Of a capture: what was refunded of it. */
  readonly refundedMinor: bigint;
  /** Of its begin, or of this repeat; home's. */
  readonly position: Position;
  /** Of the nodes that have answered. */
  readonly donorsPosition: Position;
  /** In order of node. */
  readonly asks: readonly HoldAsk[];
}

interface HoldJson {
  hold_id: string;
  account_id: string;
  amount_minor: string;
  /** Null while the account's row is copied anew to the hold's home. */
  currency: string | null;
  state: HoldRecord['state'];
  rejection: string | null;
  reference: string | null;
  metadata: string | null;
  created_at: string;
  decided_at: string | null;
  ends_at: string | null;
  ended_at: string | null;
  refunded_minor?: string;
  refunds?: readonly RefundMadeJson[];
  parts: {
    node_id: number;
    amount_minor: string;
    captured_minor: string;
    unknown_minor: string;
    held_minor: string;
    returning_minor: string;
    returned_minor: string;
  }[];
}

/** A row of `billing.authorise_holds`. */
export interface HoldAnswer extends Omit<PayOutAnswer, 'known' | 'created_at' | 'local_minor'> {
  readonly created_at: string | null;
  readonly local_minor: string | null;
  readonly known: (HoldJson & { currency: string }) | null;
  /** Of one that is committed. */
  readonly ends_at: string | null;
}

export interface OperationJson {
  status: HoldOperationAnswer['status'];
  hold?: HoldJson | null;
  account_id?: string;
  left_minor?: string | null;
  position?: string | null;
  donors_position?: string | null;
  operation?: { operation_id: string; created_at: string; refunded_minor?: string } | null;
  asks?: {
    node_id: number;
    minor: string;
    is_answered: boolean;
    got_minor: string | null;
    is_over: boolean;
    held_until: string | null;
  }[];
}

/**
 * `billing.authorise_holds`: may be called again with the same requests: what was done is told as repeated. A key must
 * not come twice in one call.
 * @returns a verdict a request, in their order
 * @throws DatabaseError
 */
export async function authoriseHolds(
  database: Caller,
  requests: readonly HoldRow[],
): Promise<HoldVerdict[]> {
  const [row] = await database.query<{ answers: HoldAnswer[] }>(
    'authorise_holds',
    'select billing.authorise_holds($1, true) as answers',
    [JSON.stringify(requests.map(encodeHold))],
  );
  if (row?.answers.length !== requests.length) {
    throw new TypeError(`billing.authorise_holds answered ${row?.answers.length}`);
  }
  return row.answers.map((answer, index) => toHoldVerdict(answer, requests[index]!.currency));
}

/** `billing.begin_hold_operation`: nodes that have not answered are to be asked. @throws DatabaseError */
export async function beginHoldOperation(
  database: Caller,
  request: HoldOperationRow,
): Promise<HoldOperationAnswer> {
  const [row] = await database.query<{ answer: OperationJson }>(
    'begin_hold_operation',
    'select billing.begin_hold_operation($1) as answer',
    [JSON.stringify(encodeHoldOperation(request))],
  );
  if (row === undefined) throw new TypeError('billing.begin_hold_operation returned no row');
  return toHoldOperationAnswer(row.answer);
}

/** `billing.describe_hold_operation`: what is known of it by now. @throws DatabaseError */
export async function describeHoldOperation(
  database: Caller,
  { status, hold, operationId, position }: HoldOperationAnswer,
): Promise<HoldOperationAnswer> {
  const [row] = await database.query<{ answer: OperationJson }>(
    'describe_hold_operation',
    'select billing.describe_hold_operation($1, $2, $3) as answer',
    [status, hold?.holdId ?? null, operationId ?? null],
  );
  if (row === undefined) throw new TypeError('billing.describe_hold_operation returned no row');
  return { ...toHoldOperationAnswer(row.answer), position };
}

export type HoldLookup =
  | { readonly status: 'found'; readonly hold: HoldRecord }
  | { readonly status: 'not_found' }
  /** The node has the hold, and its account's row not yet again. */
  | { readonly status: 'account_copying'; readonly nodeId: number; readonly accountId: string }
  | { readonly status: 'node_unreachable'; readonly nodeId: number };

/** `billing.get_hold`: asked of its home. @throws DatabaseError */
export async function getHold(
  database: Caller,
  holdId: string,
  timeoutMs: number,
  tenants: Tenants,
): Promise<HoldLookup> {
  const [row] = await database.query<{
    status: HoldLookup['status'];
    node_id: number;
    hold: HoldJson | null;
  }>('get_hold', 'select * from billing.get_hold($1, $2, $3)', [
    holdId,
    timeoutMs,
    toParameter(tenants),
  ]);
  if (row === undefined) throw new TypeError('billing.get_hold returned no row');
  if (row.hold !== null) {
    const { currency, account_id: accountId } = row.hold;
    if (currency === null) return { status: 'account_copying', nodeId: row.node_id, accountId };
    return { status: 'found', hold: toHold({ ...row.hold, currency }) };
  }
  return row.status === 'node_unreachable'
    ? { status: row.status, nodeId: row.node_id }
    : { status: 'not_found' };
}

export function encodeHold(request: HoldRow): Record<string, unknown> {
  return {
    tenant: request.tenant,
    client_id: request.clientId,
    key: request.idempotencyKey,
    fingerprint: request.fingerprint.toString('hex'),
    account_id: request.accountId.toString(),
    amount_minor: request.amountMinor.toString(),
    currency: request.currency,
    may_drain: request.mayDrain,
    deadline_ms: request.deadlineMs.toString(),
    held_for_ms: request.heldForMs.toString(),
    reference: request.reference,
    metadata: request.metadata,
  };
}

export function encodeHoldOperation(request: HoldOperationRow): Record<string, unknown> {
  return {
    kind: request.kind,
    tenant: request.tenant,
    client_id: request.clientId,
    key: request.idempotencyKey,
    fingerprint: request.fingerprint.toString('hex'),
    hold_id: request.holdId,
    amount_minor: request.amountMinor?.toString(),
    currency: request.currency,
    held_for_ms: request.heldForMs?.toString(),
    ask_timeout_ms: request.askTimeoutMs,
    reference: request.reference,
    metadata: request.metadata,
  };
}

export function toHoldVerdict(answer: HoldAnswer, currency: string): HoldVerdict {
  if (answer.status === 'replayed') {
    // The same fingerprint, so the same currency, also while the account's row is not here.
    const hold = toHold({ ...answer.known!, currency });
    return { status: 'replayed', hold, position: answer.position ?? undefined };
  }
  const verdict = toVerdict(
    {
      ...answer,
      known: answer.known as PayOutAnswer['known'] & HoldAnswer['known'],
      created_at: answer.created_at === null ? null : new Date(answer.created_at),
      local_minor: answer.local_minor === null ? null : BigInt(answer.local_minor),
    },
    currency,
  );
  if (verdict.status === 'replayed') throw new TypeError('a hold was told as a pay-out');
  if (verdict.status !== 'committed') return verdict;
  return { ...verdict, endsAt: new Date(answer.ends_at!) };
}

export function toHoldOperationAnswer(json: OperationJson): HoldOperationAnswer {
  const { hold, operation } = json;
  // Without it no amount can be told; what was begun is told by a repeat.
  const isCopying = hold?.currency === null;
  const asks = isCopying ? [] : (json.asks ?? []);
  return {
    status: isCopying ? 'account_copying' : json.status,
    hold: hold && !isCopying ? toHold({ ...hold, currency: hold.currency! }) : undefined,
    accountId: json.account_id ?? hold?.account_id,
    leftMinor: BigInt(json.left_minor ?? 0),
    operationId: operation?.operation_id,
    createdAt: toDate(operation?.created_at),
    refundedMinor: BigInt(operation?.refunded_minor ?? 0),
    position: json.position ?? undefined,
    donorsPosition: json.donors_position ?? undefined,
    asks: asks.map((ask) => ({
      nodeId: ask.node_id,
      askedMinor: BigInt(ask.minor),
      isAnswered: ask.is_answered,
      gotMinor: BigInt(ask.got_minor ?? 0),
      isOver: ask.is_over,
      heldUntil: toDate(ask.held_until),
    })),
  };
}

function toHold(json: HoldJson & { currency: string }): HoldRecord {
  return {
    holdId: json.hold_id,
    accountId: BigInt(json.account_id),
    amountMinor: BigInt(json.amount_minor),
    currency: json.currency,
    state: json.state,
    rejection: json.rejection ?? undefined,
    reference: json.reference ?? undefined,
    metadata: json.metadata ?? undefined,
    createdAt: new Date(json.created_at),
    decidedAt: toDate(json.decided_at),
    endsAt: toDate(json.ends_at),
    endedAt: toDate(json.ended_at),
    parts: json.parts.map((part) => ({
      nodeId: part.node_id,
      amountMinor: BigInt(part.amount_minor),
      capturedMinor: BigInt(part.captured_minor),
      unknownMinor: BigInt(part.unknown_minor),
      heldMinor: BigInt(part.held_minor),
      returningMinor: BigInt(part.returning_minor),
      returnedMinor: BigInt(part.returned_minor),
    })),
    refundedMinor: BigInt(json.refunded_minor ?? 0),
    refunds: toRefundsMade(json.refunds),
  };
}

function toDate(text: string | null | undefined): Date | undefined {
  return text === null || text === undefined ? undefined : new Date(text);
}
