import pLimit, { type LimitFunction } from 'p-limit';
import { formatDatacenter, type PaidOut } from '@billing/contracts';
import {
  DatabaseError,
  findArrivedPayOut,
  getAccount,
  handOverPayOuts,
  type Database,
  type HomeVerdict,
} from '@billing/database';
import { unknownAccount } from '../accounts/account-answers.js';
import { withoutEffect } from '../grpc/billing-error.filter.js';
import { BillingError, invalidRequest } from '../grpc/billing.errors.js';
import { AccountDrains } from './account-drains.js';
import { judgeFailure } from './call-failure.js';
import { Combiner, type CallFailure } from './combiner.js';
import { homeUnknown, homeUnreachable, isOfAnotherVersion } from './home-failures.js';
import * as answers from './pay-out-answers.js';
import { keyOf, termsOf, type PayOutOrder } from './pay-out.request.js';
import type { PeerSessions } from './peer-sessions.js';

export interface HandOversOptions {
  /** Of their own: nothing else waits for a home that is silent. */
  readonly sessions: PeerSessions;
  readonly readDatabase: Database;
  /** Pay-outs that wait for one home; more are refused, so that they keep nobody else waiting. */
  readonly openPerHomeMax: number;
  readonly batchSizeMax: number;
  /** Calls at once to one home, and as many with drains; a home that is silent takes no more sessions. */
  readonly callsPerHomeMax: number;
  /** How long a home has for its answer when it need not drain. */
  readonly answerTimeoutMs: number;
}

interface Home {
  readonly nodeId: number;
  open: number;
  readonly combiner: Combiner<PayOutOrder, HomeVerdict>;
  readonly drains: AccountDrains;
  readonly limitDrains: LimitFunction;
}

// Longer than a statement of another node's may take there (10 s): what ends it is an answer.
export const DRAIN_TIMEOUT_MS = 11_000;

/**
 * Pay-outs whose keys have their home at another node, which decides (docs/key-homes.md): those of one home share calls,
 * paid from the part there; what that does not cover goes alone and is drained for there. Nothing is paid, written or
 * locked at this node, whatever becomes of the call.
 */
export class HandOvers {
  private readonly homes = new Map<number, Home>();
  private isStopping = false;

  constructor(private readonly options: HandOversOptions) {}

  /** @throws BillingError, DatabaseError of no effect */
  async payOut(order: PayOutOrder, homeNodeId: number): Promise<PaidOut> {
    const home = this.homeOf(homeNodeId);
    if (home.open >= this.options.openPerHomeMax) {
      throw new BillingError(
        'OVERLOADED',
        `too many pay-outs wait for ${formatDatacenter(homeNodeId)}, the home of the key; nothing was begun`,
      );
    }
    home.open += 1;
    try {
      let verdict = await home.combiner.submit(order);
      if (verdict.status === 'short' && order.mayDrain) verdict = await this.drain(home, order);
      return await this.answer(order, homeNodeId, verdict);
    } catch (error) {
      const isSilent =
        error instanceof BillingError &&
        (error.code === 'HOME_UNREACHABLE' || error.code === 'OUTCOME_UNKNOWN');
      const told = isSilent ? await this.findTold(order, homeNodeId) : undefined;
      if (told === undefined) throw error;
      return told;
    } finally {
      home.open -= 1;
    }
  }

  /** Nobody waits any more for another's drain. */
  stop(): void {
    this.isStopping = true;
    for (const { drains } of this.homes.values()) drains.stop();
  }

  private homeOf(homeNodeId: number): Home {
    let home = this.homes.get(homeNodeId);
    if (home === undefined) {
      const { batchSizeMax, callsPerHomeMax, openPerHomeMax } = this.options;
      home = {
        nodeId: homeNodeId,
        open: 0,
        combiner: new Combiner({
          send: (orders) => this.call(homeNodeId, orders, false),
          batchSizeMax,
          callsMax: () => callsPerHomeMax,
          openMax: openPerHomeMax,
          deadlineOf: ({ deadlineMs }) => deadlineMs,
          laneOf: ({ accountId }) => accountId,
          keyOf,
          judgeFailure: judgeHandOver,
        }),
        drains: new AccountDrains(),
        limitDrains: pLimit(callsPerHomeMax),
      };
      this.homes.set(homeNodeId, home);
    }
    return home;
  }

  /** One drain of an account at a time, as at home. */
  private async drain(home: Home, order: PayOutOrder): Promise<HomeVerdict> {
    const { accountId, deadlineMs } = order;
    while (home.drains.has(accountId)) {
      if (!(await home.drains.ended(accountId, deadlineMs))) {
        throw this.isStopping ? answers.stopping() : answers.contendedUnbegun();
      }
    }
    home.drains.begin(accountId);
    let isSent = false;
    const draining = home
      .limitDrains(async () => {
        if (performance.now() >= deadlineMs) throw answers.lateUnbegun();
        isSent = true;
        const [verdict] = await this.call(home.nodeId, [order], true);
        return verdict!;
      })
      .finally(() => home.drains.end(accountId));
    try {
      return await beforeDeadline(draining, deadlineMs);
    } catch (error) {
      if (error instanceof LateError) {
        throw isSent ? homeUnknown(home.nodeId) : answers.lateUnbegun();
      }
      // Whatever went wrong on the way: its steps at home are decided there.
      if (error instanceof DatabaseError && error.effect === 'unknown') {
        throw homeUnknown(home.nodeId, error);
      }
      throw error;
    }
  }

  /**
   * The home has its full time, whatever the callers' deadlines: those who wait are told at theirs, and a short one
   * does not have a home counted as silent.
   * @throws BillingError HOME_UNREACHABLE, OUTCOME_UNKNOWN, INVALID_REQUEST; DatabaseError
   */
  private async call(
    homeNodeId: number,
    orders: readonly PayOutOrder[],
    drains: boolean,
  ): Promise<readonly HomeVerdict[]> {
    const { sessions, answerTimeoutMs } = this.options;
    const timeoutMs = drains ? DRAIN_TIMEOUT_MS : answerTimeoutMs;
    const handOver = await sessions.use((session) => {
      const nowMs = performance.now();
      const requests = orders.map((order) => ({
        ...order,
        upTo: termsOf(order),
        accountId: BigInt(order.accountId),
        deadlineMs: Math.max(1, Math.floor(order.deadlineMs - nowMs)),
      }));
      return handOverPayOuts(session, homeNodeId, requests, drains, timeoutMs);
    });
    switch (handOver.status) {
      case 'answered':
        return handOver.verdicts;
      case 'failed':
        throw isOfAnotherVersion(handOver.error)
          ? homeUnreachable(homeNodeId, 'runs a version that takes none from here', handOver.error)
          : handOver.error;
      case 'unreachable':
        throw homeUnreachable(homeNodeId, 'cannot be reached');
      case 'unknown':
        throw homeUnknown(homeNodeId);
      case 'no_such_node':
        throw invalidRequest('home_node_id', `there is no ${formatDatacenter(homeNodeId)}`);
    }
  }

  private async answer(
    order: PayOutOrder,
    homeNodeId: number,
    verdict: HomeVerdict,
  ): Promise<PaidOut> {
    switch (verdict.status) {
      case 'committed':
        return answers.toPaidByOne(order, homeNodeId, verdict);
      case 'drained':
        return answers.toDrained(order, verdict.payOutId, verdict.createdAt, verdict.decision);
      case 'replayed':
        return answers.toReplayed(verdict.payOut, verdict.position);
      case 'short':
        if (order.mayDrain) throw answers.contendedUnbegun();
        throw answers.insufficientLocal(order, verdict.localMinor);
      case 'account_not_found':
        throw await this.unknownAtHome(order, homeNodeId);
      default:
        throw answers.toRefusal(order, verdict);
    }
  }

  /** What a home that is silent now has told of the key before, if it paid. @throws BillingError IDEMPOTENCY_CONFLICT */
  private async findTold(order: PayOutOrder, homeNodeId: number): Promise<PaidOut | undefined> {
    const { readDatabase } = this.options;
    const request = { ...order, accountId: BigInt(order.accountId) };
    // Whatever goes wrong here: the home is as silent as before.
    const found = await findArrivedPayOut(readDatabase, homeNodeId, request).catch(() => undefined);
    if (found === undefined) return undefined;
    if (found.status !== 'replayed') throw answers.toRefusal(order, found);
    return answers.toReplayed(found.payOut);
  }

  /** An account that was opened here may not have arrived at the home yet. */
  private async unknownAtHome(
    { accountId, tenant }: PayOutOrder,
    homeNodeId: number,
  ): Promise<BillingError> {
    const { readDatabase } = this.options;
    const known = await withoutEffect(getAccount(readDatabase, accountId, [tenant]));
    if (known === undefined) return unknownAccount(readDatabase, accountId);
    return new BillingError(
      'COPY_UNDER_WAY',
      `account ${accountId} has not arrived at ${formatDatacenter(homeNodeId)} yet, the home of the key`,
      { account_id: accountId, node_id: (BigInt(accountId) % 64n).toString() },
    );
  }
}

export class LateError extends Error {}

/** @throws LateError; what comes after it is nobody's */
export async function beforeDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LateError()), Math.max(0, deadlineMs - performance.now()));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

/** A home that was silent once is not asked again for the same call: its caller hears so. */
function judgeHandOver(error: unknown): CallFailure {
  if (error instanceof BillingError) {
    const mayHaveHappened = error.code === 'OUTCOME_UNKNOWN';
    return { mayHaveHappened, again: 'none', delayMs: 0 };
  }
  return judgeFailure(error);
}
