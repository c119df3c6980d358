import pLimit, { type LimitFunction } from 'p-limit';
import { formatDatacenter } from '@billing/contracts';
import {
  handOverHold,
  handOverHoldOperation,
  type HandedOver,
  type HoldOperationAnswer,
  type HomeHoldVerdict,
} from '@billing/database';
import { invalidRequest } from '../grpc/billing.errors.js';
import { beforeDeadline, DRAIN_TIMEOUT_MS, LateError } from '../pay-outs/hand-overs.js';
import { homeUnknown, homeUnreachable, isOfAnotherVersion } from '../pay-outs/home-failures.js';
import { lateUnbegun } from '../pay-outs/pay-out-answers.js';
import type { PeerSessions } from '../pay-outs/peer-sessions.js';
import type { HoldOperationOrder, HoldOrder } from './hold.request.js';

export interface HoldHandOversOptions {
  readonly sessions: PeerSessions;
  /** Calls at once to one home of each kind, so that none waits for drains; those of a silent one leave sessions to others. */
  readonly callsPerHomeMax: number;
  /** How long a home has for its answer when it need not drain. */
  readonly answerTimeoutMs: number;
}

/** Kept for the answer of an operation that asks nodes. */
const ANSWER_MS = 100;

type Kind = 'covered' | 'drained' | 'operation';

/** Holds, and what is done on them, whose home is another node, which decides (docs/key-homes.md). */
export class HoldHandOvers {
  private readonly limits = new Map<string, LimitFunction>();

  constructor(private readonly options: HoldHandOversOptions) {}

  /** @throws BillingError HOME_UNREACHABLE, OUTCOME_UNKNOWN, INVALID_REQUEST, DEADLINE_EXCEEDED; DatabaseError of no effect */
  async authorise(order: HoldOrder): Promise<HomeHoldVerdict> {
    const { answerTimeoutMs } = this.options;
    const verdict = await this.hand('covered', order, (session) =>
      handOverHold(session, order.homeNodeId, toRow(order), false, answerTimeoutMs),
    );
    if (verdict.status !== 'short' || !order.mayDrain) return verdict;
    return this.hand('drained', order, (session) =>
      handOverHold(session, order.homeNodeId, toRow(order), true, DRAIN_TIMEOUT_MS),
    );
  }

  /** @throws as `authorise` */
  operate(order: HoldOperationOrder): Promise<HoldOperationAnswer> {
    const { answerTimeoutMs } = this.options;
    return this.hand('operation', order, (session) =>
      handOverHoldOperation(
        session,
        order.homeNodeId,
        { ...order, askTimeoutMs: askMs(order.deadlineMs) },
        answerTimeoutMs,
      ),
    );
  }

  private async hand<T>(
    kind: Kind,
    { homeNodeId, deadlineMs }: { readonly homeNodeId: number; readonly deadlineMs: number },
    call: (session: Parameters<typeof handOverHold>[0]) => Promise<HandedOver<T>>,
  ): Promise<T> {
    let isSent = false;
    const handing = this.limitOf(
      homeNodeId,
      kind,
    )(() =>
      this.options.sessions.use(async (session) => {
        if (performance.now() >= deadlineMs) return undefined;
        isSent = true;
        return call(session);
      }),
    );
    let handed: HandedOver<T> | undefined;
    try {
      handed = await beforeDeadline(handing, deadlineMs);
    } catch (error) {
      if (!(error instanceof LateError)) throw error;
      throw isSent ? homeUnknown(homeNodeId) : lateUnbegun();
    }
    if (handed === undefined) throw lateUnbegun();
    switch (handed.status) {
      case 'answered':
        return handed.answer;
      case 'failed':
        if (isOfAnotherVersion(handed.error)) {
          const why = 'runs a version that takes none from here';
          throw homeUnreachable(homeNodeId, why, handed.error);
        }
        throw handed.error.effect === 'unknown'
          ? homeUnknown(homeNodeId, handed.error)
          : handed.error;
      case 'unreachable':
        throw homeUnreachable(homeNodeId, 'cannot be reached');
      case 'unknown':
        throw homeUnknown(homeNodeId);
      case 'no_such_node':
        throw invalidRequest('home_node_id', `there is no ${formatDatacenter(homeNodeId)}`);
    }
  }

  private limitOf(homeNodeId: number, kind: Kind): LimitFunction {
    const name = `${homeNodeId} ${kind}`;
    let limit = this.limits.get(name);
    if (limit === undefined) {
      limit = pLimit(this.options.callsPerHomeMax);
      this.limits.set(name, limit);
    }
    return limit;
  }
}

/** How long nodes that hold parts may be asked, so that their answer, or that there is none, is told in time. */
export function askMs(deadlineMs: number): number {
  return Math.max(0, Math.floor(deadlineMs - ANSWER_MS - performance.now()));
}

/** As SQL wants it, what is left of its time as of now. */
export function toRow(order: HoldOrder) {
  return {
    ...order,
    accountId: BigInt(order.accountId),
    deadlineMs: Math.max(1, Math.floor(order.deadlineMs - performance.now())),
  };
}
