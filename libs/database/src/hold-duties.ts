import type { Caller } from './database.js';

/**
 * `billing.ask_hold_parts`: asks nodes for what they have not answered. The connections to them stay with the session.
 * @param operationId undefined: all that is unanswered
 * @returns for `recordHoldAnswers`; undefined: nobody had anything to answer
 * @throws DatabaseError
 */
export async function askHoldParts(
  session: Caller,
  nodeIds: readonly number[],
  operationId: string | undefined,
  limit: number,
  timeoutMs: number,
): Promise<unknown> {
  const [row] = await session.query<{ answers: unknown[] }>(
    'ask_hold_parts',
    'select billing.ask_hold_parts($1, $2, $3, $4) as answers',
    [nodeIds, operationId === undefined ? null : [operationId], limit, timeoutMs],
  );
  const answers = row?.answers ?? [];
  return answers.length === 0 ? undefined : answers;
}

export interface RecordedAnswers {
  /** How many were not known before. */
  readonly recorded: number;
  /** Operations that do not fit what a node has: somebody must look. */
  readonly refused: readonly string[];
  /** What raised there, and is asked again. */
  readonly failed: readonly HoldFailure[];
}

export interface HoldFailure {
  readonly nodeId: number;
  /** Undefined: the whole call. */
  readonly operationId: string | undefined;
  readonly code: string;
  readonly message: string;
}

/** `billing.record_hold_answers`. @throws DatabaseError */
export async function recordHoldAnswers(
  database: Caller,
  answers: unknown,
): Promise<RecordedAnswers> {
  const [row] = await database.query<{
    recorded: number;
    refused: string[];
    failed: FailureJson[];
  }>(
    'record_hold_answers',
    'select recorded, refused::text[], failed from billing.record_hold_answers($1)',
    [JSON.stringify(answers)],
  );
  if (row === undefined) throw new TypeError('billing.record_hold_answers returned no row');
  const { recorded, refused, failed } = row;
  return {
    recorded,
    refused,
    failed: failed.map(({ node_id: nodeId, operation_id: operationId, code, message }) => ({
      nodeId,
      operationId: operationId ?? undefined,
      code,
      message,
    })),
  };
}

interface FailureJson {
  node_id: number;
  operation_id: string | null;
  code: string;
  message: string;
}

export interface EndedHolds {
  readonly ended: number;
  /** What raised, or met a lock: it stays, and is tried again. */
  readonly skipped: readonly {
    readonly holdId: string;
    readonly code: string;
    readonly message: string;
  }[];
  /** Undefined: that was all. */
  readonly nextAfter: string | undefined;
}

/**
 * `billing.end_holds`: what is over by this node's clock.
 * @param after '': from the beginning
 * @throws DatabaseError
 */
export async function endHolds(
  database: Caller,
  limit: number,
  after: string,
): Promise<EndedHolds> {
  const [row] = await database.query<{
    ended: number;
    skipped: { hold_id: string; code: string; message: string }[];
    next_after: string | null;
  }>('end_holds', 'select * from billing.end_holds($1, $2)', [limit, after]);
  if (row === undefined) throw new TypeError('billing.end_holds returned no row');
  return {
    ended: row.ended,
    skipped: row.skipped.map(({ hold_id: holdId, code, message }) => ({ holdId, code, message })),
    nextAfter: row.next_after ?? undefined,
  };
}
