import type { Caller } from './database.js';
import { DatabaseError } from './database.errors.js';
import type { Position } from './pay-outs.js';

/** One request of `billing.refund_pay_out`. */
export interface RefundOrder {
  /** Of a capture its hold. */
  readonly payOutId: string;
  readonly captureId?: string | undefined;
  /** Whose key it is, and whose pay-out it must be. */
  readonly tenant: string;
  readonly clientId: string;
  readonly idempotencyKey: string;
  /** Of what the request means. */
  readonly fingerprint: Buffer;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reference: string | undefined;
  /** A JSON object, as text. */
  readonly metadata: string | undefined;
}

/** A refund that some node has made. */
export interface RefundRecord {
  readonly refundId: string;
  /** Of a capture its hold. */
  readonly payOutId: string;
  readonly captureId: string | undefined;
  readonly accountId: bigint;
  readonly amountMinor: bigint;
  /** Of its pay-out or capture by now. */
  readonly refundedMinor: bigint;
  readonly remainingMinor: bigint;
  readonly reference: string | undefined;
  readonly metadata: string | undefined;
  readonly createdAt: Date;
}

export type RefundVerdict =
  | {
      readonly status: 'refunded' | 'replayed';
      readonly refund: RefundRecord;
      readonly position: Position;
    }
  | { readonly status: 'idempotency_conflict' | 'upgrading' | 'not_found' | 'in_progress' }
  | {
      readonly status: 'account_copying' | 'account_deleted' | 'balance_limit';
      readonly accountId: string;
    }
  | {
      readonly status: 'currency_mismatch';
      readonly accountId: string;
      readonly accountCurrency: string;
    }
  /** The pay-out was given back as a duplicate: that one's node is to be asked under the same key. */
  | { readonly status: 'duplicate'; readonly duplicateOf: string }
  | { readonly status: 'exceeded'; readonly remainingMinor: bigint };

export type RefundHandOver =
  | { readonly status: 'answered'; readonly nodeId: number; readonly verdict: RefundVerdict }
  /** The node that keeps the pay-out raised it: nothing happened there. */
  | { readonly status: 'failed'; readonly nodeId: number; readonly error: DatabaseError }
  /** Nothing was sent. */
  | { readonly status: 'unreachable'; readonly nodeId: number }
  /** Sent, no answer: it may or may not have happened. */
  | { readonly status: 'unknown'; readonly nodeId: number }
  | { readonly status: 'no_such_node' };

interface RefundJson {
  refund_id: string;
  pay_out_id: string;
  capture_id?: string | null;
  account_id: string;
  amount_minor: string;
  refunded_minor: string;
  remaining_minor: string;
  reference: string | null;
  metadata: string | null;
  created_at: string;
}

interface RefundAnswer {
  status: RefundVerdict['status'];
  refund?: RefundJson;
  position?: string | null;
  account_id?: string;
  currency?: string;
  duplicate_of?: string;
  remaining_minor?: string;
}

interface HandOverRow extends Record<string, unknown> {
  status: RefundHandOver['status'];
  node_id: number | null;
  answer: RefundAnswer | null;
  code: string | null;
  message: string | null;
}

/**
 * `billing.hand_over_refund`: a refund, asked of the node that keeps its pay-out. May be called again with the same request:
 * what was done is told as repeated. The connection to another node stays with the session.
 * @param isOwn this node keeps it
 * @throws DatabaseError of this node; of unknown effect where another one may have been asked before it
 */
export async function handOverRefund(
  caller: Caller,
  order: RefundOrder,
  timeoutMs: number,
  isOwn: boolean,
): Promise<RefundHandOver> {
  const row = await call(caller, [JSON.stringify(encode(order)), timeoutMs], isOwn);
  if (row.status === 'no_such_node') return { status: row.status };
  const nodeId = row.node_id!;
  switch (row.status) {
    case 'answered':
      return { status: row.status, nodeId, verdict: toVerdict(row.answer!) };
    case 'failed': {
      const cause = new Error(row.message ?? '');
      const calling = `refund_pay_out at node ${nodeId}`;
      const error = new DatabaseError(row.code ?? '', calling, cause, 'none');
      return { status: row.status, nodeId, error };
    }
    case 'unreachable':
    case 'unknown':
      return { status: row.status, nodeId };
  }
}

async function call(
  caller: Caller,
  parameters: readonly unknown[],
  isOwn: boolean,
): Promise<HandOverRow> {
  try {
    const [row] = await caller.query<HandOverRow>(
      'hand_over_refund',
      'select * from billing.hand_over_refund($1, $2)',
      parameters,
    );
    if (row === undefined) throw new TypeError('billing.hand_over_refund returned no row');
    return row;
  } catch (error) {
    if (isOwn || !(error instanceof DatabaseError)) throw error;
    throw new DatabaseError(error.code, error.calling, error.cause as Error, 'unknown');
  }
}

function toVerdict(answer: RefundAnswer): RefundVerdict {
  const { status } = answer;
  switch (status) {
    case 'refunded':
    case 'replayed':
      return {
        status,
        refund: toRefundRecord(answer.refund!),
        position: answer.position ?? undefined,
      };
    case 'account_copying':
    case 'account_deleted':
    case 'balance_limit':
      return { status, accountId: answer.account_id! };
    case 'currency_mismatch':
      return { status, accountId: answer.account_id!, accountCurrency: answer.currency! };
    case 'duplicate':
      return { status, duplicateOf: answer.duplicate_of! };
    case 'exceeded':
      return { status, remainingMinor: BigInt(answer.remaining_minor!) };
    case 'idempotency_conflict':
    case 'upgrading':
    case 'not_found':
    case 'in_progress':
      return { status };
  }
}

function toRefundRecord(json: RefundJson): RefundRecord {
  return {
    refundId: json.refund_id,
    payOutId: json.pay_out_id,
    captureId: json.capture_id ?? undefined,
    accountId: BigInt(json.account_id),
    amountMinor: BigInt(json.amount_minor),
    refundedMinor: BigInt(json.refunded_minor),
    remainingMinor: BigInt(json.remaining_minor),
    reference: json.reference ?? undefined,
    metadata: json.metadata ?? undefined,
    createdAt: new Date(json.created_at),
  };
}

function encode(order: RefundOrder): Record<string, unknown> {
  return {
    pay_out_id: order.payOutId,
    capture_id: order.captureId,
    tenant: order.tenant,
    client_id: order.clientId,
    key: order.idempotencyKey,
    fingerprint: order.fingerprint.toString('hex'),
    amount_minor: order.amountMinor.toString(),
    currency: order.currency,
    reference: order.reference,
    metadata: order.metadata,
  };
}

export interface RefundsMoved {
  /** That have ended. */
  readonly moved: number;
  /** That were tried and have not. */
  readonly open: number;
}

/** `billing.move_refunds`: refunds of pay-outs that were given back here, made of the ones that stand. @throws DatabaseError */
export async function moveRefunds(
  database: Caller,
  limit: number,
  timeoutMs: number,
): Promise<RefundsMoved> {
  const [row] = await database.query<{ moved: number; open: number }>(
    'move_refunds',
    'select * from billing.move_refunds($1, $2)',
    [limit, timeoutMs],
  );
  if (row === undefined) throw new TypeError('billing.move_refunds returned no row');
  return { moved: Number(row.moved), open: Number(row.open) };
}

/** Refunds of pay-outs that were given back here. */
export interface MovedRefundCount {
  readonly moved: bigint;
  /** Not yet made of the one that stands. */
  readonly open: bigint;
  /** Of which less could be refunded there. */
  readonly short: bigint;
}

/** `billing.count_moved_refunds`. @throws DatabaseError */
export async function countMovedRefunds(database: Caller): Promise<MovedRefundCount> {
  const [row] = await database.query<{ moved: bigint; open: bigint; short: bigint }>(
    'count_moved_refunds',
    'select * from billing.count_moved_refunds()',
  );
  if (row === undefined) throw new TypeError('billing.count_moved_refunds returned no row');
  return { moved: row.moved, open: row.open, short: row.short };
}
