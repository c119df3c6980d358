import type { Caller } from './database.js';
import { DatabaseError } from './database.errors.js';
import { toDecision, type DecisionJson, type DrainDecision } from './drains.js';
import {
  encodeHold,
  encodeHoldOperation,
  toHoldOperationAnswer,
  toHoldVerdict,
  type HoldAnswer,
  type HoldOperationAnswer,
  type HoldOperationRow,
  type HoldRow,
  type HoldVerdict,
  type OperationJson,
} from './holds.js';

/** What a key's home says of a hold; `drained`: a drain was begun there, and has ended. */
export type HomeHoldVerdict =
  | Exclude<HoldVerdict, { status: 'begun' }>
  | { readonly status: 'drained'; readonly payOutId: string; readonly decision: DrainDecision };

export type HandedOver<T> =
  | { readonly status: 'answered'; readonly answer: T }
  /** The home raised it; its effect is what became of it there. */
  | { readonly status: 'failed'; readonly error: DatabaseError }
  /** Nothing was sent. */
  | { readonly status: 'unreachable' }
  /** Sent, no answer: it may or may not have happened. */
  | { readonly status: 'unknown' }
  | { readonly status: 'no_such_node' };

type HomeAnswer = Omit<HoldAnswer, 'status'> & {
  readonly status: HoldVerdict['status'] | 'drained';
  readonly decision?: DecisionJson;
};

/**
 * `billing.hand_over_hold`: a hold that another node decides. The connection to the home stays with the session.
 * @param drains false: what the home's own part does not cover is `short`; true: drained for
 * @throws DatabaseError of this node; of unknown effect, since the home may have been asked before it
 */
export function handOverHold(
  session: Caller,
  homeNodeId: number,
  request: HoldRow,
  drains: boolean,
  timeoutMs: number,
): Promise<HandedOver<HomeHoldVerdict>> {
  const call = drains ? 'execute_hold' : 'authorise_holds';
  return hand<HomeAnswer[], HomeHoldVerdict>(
    session,
    { homeNodeId, call, request: [encodeHold(request)], timeoutMs, isInSteps: drains },
    (answers) => toHomeVerdict(answers[0]!, request.currency),
  );
}

/** The same of an operation on a hold, to its answer. @throws DatabaseError, as `handOverHold` */
export function handOverHoldOperation(
  session: Caller,
  homeNodeId: number,
  request: HoldOperationRow,
  timeoutMs: number,
): Promise<HandedOver<HoldOperationAnswer>> {
  return hand<OperationJson, HoldOperationAnswer>(
    session,
    {
      homeNodeId,
      call: 'execute_hold_operation',
      request: encodeHoldOperation(request),
      timeoutMs,
      isInSteps: true,
    },
    toHoldOperationAnswer,
  );
}

interface Handing {
  readonly homeNodeId: number;
  readonly call: string;
  readonly request: unknown;
  readonly timeoutMs: number;
  /** Steps before one that fails stand. */
  readonly isInSteps: boolean;
}

async function hand<Json, T>(
  session: Caller,
  { homeNodeId, call, request, timeoutMs, isInSteps }: Handing,
  read: (answer: Json) => T,
): Promise<HandedOver<T>> {
  const { status, answer, code, message } = await ask<Json>(session, [
    homeNodeId,
    call,
    JSON.stringify(request),
    timeoutMs,
  ]);
  if (status === 'failed') {
    const cause = new Error(message ?? '');
    const effect = isInSteps ? 'unknown' : 'none';
    const calling = `${call} at node ${homeNodeId}`;
    return { status, error: new DatabaseError(code ?? '', calling, cause, effect) };
  }
  return status === 'answered' ? { status, answer: read(answer!) } : { status };
}

interface HandedRow<Json> extends Record<string, unknown> {
  status: HandedOver<Json>['status'];
  answer: Json | null;
  code: string | null;
  message: string | null;
}

/** What fails here, a time limit or a full disk, fails after the home was asked as well as before. */
async function ask<Json>(
  session: Caller,
  parameters: readonly unknown[],
): Promise<HandedRow<Json>> {
  try {
    const [row] = await session.query<HandedRow<Json>>(
      'hand_over_hold',
      'select * from billing.hand_over_hold($1, $2, $3, $4)',
      parameters,
    );
    if (row === undefined) throw new TypeError('billing.hand_over_hold returned no row');
    return row;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw new DatabaseError(error.code, error.calling, error.cause as Error, 'unknown');
  }
}

function toHomeVerdict(answer: HomeAnswer, currency: string): HomeHoldVerdict {
  const { status, pay_out_id: payOutId, decision } = answer;
  if (status === 'drained') {
    return { status, payOutId: payOutId!, decision: toDecision(decision!) };
  }
  const verdict = toHoldVerdict({ ...answer, status }, currency);
  if (verdict.status === 'begun') throw new TypeError('a home left a drain to its caller');
  return verdict;
}
