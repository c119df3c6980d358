import type { Caller } from './database.js';
import { DatabaseError } from './database.errors.js';
import { toDecision, type DecisionJson, type DrainDecision } from './drains.js';
import {
  encodeCharge,
  toVerdict,
  type PayOutAnswer,
  type PayOutRow,
  type PayOutVerdict,
} from './pay-outs.js';
import { encodeUpTo } from './up-to.js';

/** What a key's home says of a pay-out; `drained`: a drain was begun there, and has ended. */
export type HomeVerdict =
  | Exclude<PayOutVerdict, { status: 'begun' }>
  | {
      readonly status: 'drained';
      readonly payOutId: string;
      readonly createdAt: Date;
      readonly decision: DrainDecision;
    };

export type HandOver =
  | { readonly status: 'answered'; readonly verdicts: readonly HomeVerdict[] }
  /** The home raised it; its effect is what became of it there. */
  | { readonly status: 'failed'; readonly error: DatabaseError }
  /** Nothing was sent. */
  | { readonly status: 'unreachable' }
  /** Sent, no answer: it may or may not have happened. */
  | { readonly status: 'unknown' }
  | { readonly status: 'no_such_node' };

interface HomeAnswer extends Omit<PayOutAnswer, 'status' | 'created_at' | 'local_minor'> {
  readonly status: HomeVerdict['status'];
  readonly created_at: string | null;
  readonly local_minor: string | null;
  readonly decision?: DecisionJson;
}

/**
 * `billing.hand_over_pay_outs`: pay-outs that another node decides. May be called again with the same requests, whose
 * keys are to differ. The connection to the home stays with the session.
 * @param drains false: what the home's own part does not cover is `short`; true, of one request: drained for
 * @throws DatabaseError of this node; of unknown effect, since the home may have been asked before it
 */
export async function handOverPayOuts(
  session: Caller,
  homeNodeId: number,
  requests: readonly Omit<PayOutRow, 'mayDrain'>[],
  drains: boolean,
  timeoutMs: number,
): Promise<HandOver> {
  const { status, answers, code, message } = await call(session, [
    homeNodeId,
    JSON.stringify(requests.map(encode)),
    drains,
    timeoutMs,
  ]);
  if (status === 'failed') {
    // A drain's steps before it stand: recovery at home ends them.
    const cause = new Error(message ?? '');
    const calling = `pay_out at node ${homeNodeId}`;
    const effect = drains ? 'unknown' : 'none';
    return { status, error: new DatabaseError(code ?? '', calling, cause, effect) };
  }
  if (status !== 'answered') return { status };
  if (answers?.length !== requests.length) {
    throw new TypeError(`node ${homeNodeId} answered ${answers?.length} of ${requests.length}`);
  }
  const verdicts = answers.map((answer, index) => toHomeVerdict(answer, requests[index]!.currency));
  return { status, verdicts };
}

interface HandOverRow extends Record<string, unknown> {
  status: HandOver['status'];
  answers: HomeAnswer[] | null;
  code: string | null;
  message: string | null;
}

/** What fails here, a time limit or a full disk, fails after the home was asked as well as before. */
async function call(session: Caller, parameters: readonly unknown[]): Promise<HandOverRow> {
  try {
    const [row] = await session.query<HandOverRow>(
      'hand_over_pay_outs',
      'select * from billing.hand_over_pay_outs($1, $2, $3, $4)',
      parameters,
    );
    if (row === undefined) throw new TypeError('billing.hand_over_pay_outs returned no row');
    return row;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw new DatabaseError(error.code, error.calling, error.cause as Error, 'unknown');
  }
}

function toHomeVerdict(answer: HomeAnswer, currency: string): HomeVerdict {
  const { status, pay_out_id: payOutId, created_at: createdText, decision } = answer;
  const createdAt = createdText === null ? null : new Date(createdText);
  if (status === 'drained') {
    return {
      status,
      payOutId: payOutId!,
      createdAt: createdAt!,
      decision: toDecision(decision!),
    };
  }
  const verdict = toVerdict(
    {
      ...answer,
      status,
      created_at: createdAt,
      local_minor: answer.local_minor === null ? null : BigInt(answer.local_minor),
    },
    currency,
  );
  if (verdict.status === 'begun') throw new TypeError('a home left a drain to its caller');
  return verdict;
}

function encode(request: Omit<PayOutRow, 'mayDrain'>): Record<string, unknown> {
  const { earlierFingerprints = [] } = request;
  return {
    tenant: request.tenant,
    client_id: request.clientId,
    key: request.idempotencyKey,
    fingerprint: request.fingerprint.toString('hex'),
    earlier_fingerprints: earlierFingerprints.map((one) => one.toString('hex')),
    account_id: request.accountId.toString(),
    amount_minor: request.amountMinor.toString(),
    currency: request.currency,
    deadline_ms: request.deadlineMs.toString(),
    reference: request.reference,
    metadata: request.metadata,
    charge: encodeCharge(request) ?? undefined,
    up_to: encodeUpTo(request) ?? undefined,
  };
}
