import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@billing/auth';
import type {
  AuthorisedHold,
  AuthoriseHoldRequest,
  CapturedHold,
  CaptureHoldRequest,
  ExtendedHold,
  ExtendHoldRequest,
  FoundHold,
  Tenants,
  VoidedHold,
  VoidHoldRequest,
} from '@billing/contracts';
import {
  askHoldParts,
  authoriseHolds,
  beginHoldOperation,
  DatabaseError,
  describeHoldOperation,
  getHold,
  recordHoldAnswers,
  type Attempt,
  type Database,
  type DrainDecision,
  type HoldOperationAnswer,
  type HoldRecord,
  type HoldVerdict,
} from '@billing/database';
import type { Log } from '@billing/observability';
import { unknownAccount } from '../accounts/account-answers.js';
import { BillingError } from '../grpc/billing.errors.js';
import { tenantOf } from '../grpc/client-access.js';
import { AccountDrains } from '../pay-outs/account-drains.js';
import { judgeFailure } from '../pay-outs/call-failure.js';
import { Combiner } from '../pay-outs/combiner.js';
import type { DrainRunner } from '../pay-outs/drain-runner.js';
import { beforeDeadline } from '../pay-outs/hand-overs.js';
import * as payOutAnswers from '../pay-outs/pay-out-answers.js';
import { keyOf } from '../pay-outs/pay-out.request.js';
import type { PeerSessions } from '../pay-outs/peer-sessions.js';
import * as answers from './hold-answers.js';
import { askMs, toRow, type HoldHandOvers } from './hold-hand-overs.js';
import {
  holdNotFound,
  readAuthorisation,
  readCapture,
  readExtension,
  readHold,
  readVoid,
  type Holder,
  type HoldBounds,
  type HoldOperationOrder,
  type HoldOrder,
} from './hold.request.js';

export interface HoldDeskOptions {
  readonly nodeId: number;
  readonly database: Database;
  readonly readDatabase: Database;
  readonly runner: DrainRunner;
  /** For nodes that hold parts. */
  readonly sessions: PeerSessions;
  readonly handOvers: HoldHandOvers;
  readonly bounds: HoldBounds;
  readonly batchSizeMax: number;
  readonly callsMax: number;
  /** Calls that were taken and not yet answered. */
  readonly openMax: number;
  /** How long a node that holds a part has for its answer; beyond it the answer is unknown. */
  readonly askTimeoutMs: number;
  /** How long another node has for an answer. */
  readonly peerTimeoutMs: number;
  readonly log: Log;
}

type Read<Request> = (
  client: Holder,
  request: Request,
  bounds: HoldBounds,
  callMs: number,
) => HoldOperationOrder;

const AGAIN_AFTER_MS = 50;
const ASKS_MAX = 100;
/** Of the time that is kept for an answer, what is left for reading it. */
const RECORD_MS = 50;

/**
 * Holds (docs/holds.md): authorised as pay-outs are paid, many of a moment in one SQL call; each operation on one begun
 * at its home in one commit, then asked of the nodes that hold parts, then answered.
 */
export class HoldDesk {
  private readonly combiner: Combiner<HoldOrder, HoldVerdict>;
  private readonly drains = new AccountDrains();
  private open = 0;
  private isStopping = false;
  private onIdle: (() => void) | undefined;

  constructor(private readonly options: HoldDeskOptions) {
    this.combiner = new Combiner<HoldOrder, HoldVerdict>({
      send: (orders) => this.send(orders),
      batchSizeMax: options.batchSizeMax,
      callsMax: () => options.callsMax,
      openMax: options.openMax,
      deadlineOf: ({ deadlineMs }) => deadlineMs,
      laneOf: ({ accountId }) => accountId,
      keyOf,
      judgeFailure,
      onUnheard: (order, verdict) => this.endUnheard(order, verdict),
    });
  }

  /**
   * @param callMs how long the call that brought it may still take
   * @throws BillingError, DatabaseError
   */
  authorise(
    client: Client,
    request: AuthoriseHoldRequest,
    callMs: number,
  ): Promise<AuthorisedHold> {
    const order = readAuthorisation(holderOf(client), request, this.options.bounds, callMs);
    return this.take(() =>
      order.homeNodeId === this.options.nodeId ? this.hold(order) : this.handOver(order),
    );
  }

  /** @throws BillingError, DatabaseError */
  async capture(
    client: Client,
    request: CaptureHoldRequest,
    callMs: number,
  ): Promise<CapturedHold> {
    return answers.toCaptured(await this.operate(readCapture, client, request, callMs));
  }

  /** @throws BillingError, DatabaseError */
  async void(client: Client, request: VoidHoldRequest, callMs: number): Promise<VoidedHold> {
    return answers.toVoided(await this.operate(readVoid, client, request, callMs));
  }

  /** @throws BillingError, DatabaseError */
  async extend(client: Client, request: ExtendHoldRequest, callMs: number): Promise<ExtendedHold> {
    return answers.toExtended(await this.operate(readExtension, client, request, callMs));
  }

  /** @throws BillingError, DatabaseError */
  async get(id: string, remainingMs: number, tenants: Tenants): Promise<FoundHold> {
    const { holdId } = readHold(id);
    return { hold: answers.toHold(await this.find(holdId, remainingMs, tenants)) };
  }

  /** Takes no new calls, and ends with the last one's answer. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.drains.stop();
    if (this.open > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
  }

  private async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.isStopping) throw payOutAnswers.stopping();
    if (this.open >= this.options.openMax) {
      throw new BillingError('OVERLOADED', 'too many calls about holds wait; nothing was begun');
    }
    this.open += 1;
    try {
      return await work();
    } finally {
      this.open -= 1;
      if (this.open === 0) this.onIdle?.();
    }
  }

  private async hold(order: HoldOrder): Promise<AuthorisedHold> {
    for (;;) {
      const verdict = await this.combiner.submit(order);
      switch (verdict.status) {
        case 'committed':
          return answers.toAuthorised(answers.toHeldByOne(order, verdict), false, verdict.position);
        case 'begun':
          return this.drain(order, verdict.attempt);
        case 'short':
          if (!order.mayDrain) throw payOutAnswers.insufficientLocal(order, verdict.localMinor);
          if (!(await this.drains.ended(order.accountId, order.deadlineMs))) {
            throw this.isStopping ? payOutAnswers.stopping() : payOutAnswers.contendedUnbegun();
          }
          break;
        default:
          return this.tell(order, verdict);
      }
    }
  }

  private async handOver(order: HoldOrder): Promise<AuthorisedHold> {
    const verdict = await this.options.handOvers.authorise(order);
    switch (verdict.status) {
      case 'committed':
        return answers.toAuthorised(answers.toHeldByOne(order, verdict), false, verdict.position);
      case 'drained':
        return this.tellDrained(order, verdict.payOutId, verdict.decision);
      case 'short':
        if (order.mayDrain) throw payOutAnswers.contendedUnbegun();
        throw payOutAnswers.insufficientLocal(order, verdict.localMinor);
      default:
        return this.tell(order, verdict);
    }
  }

  /** @throws BillingError what it is refused with */
  private async tell(
    order: HoldOrder,
    verdict: Exclude<HoldVerdict, { status: 'committed' | 'begun' | 'short' }>,
  ): Promise<AuthorisedHold> {
    if (verdict.status === 'replayed') {
      return answers.toAuthorised(verdict.hold, true, verdict.position);
    }
    if (verdict.status === 'account_not_found') {
      throw await unknownAccount(this.options.readDatabase, order.accountId);
    }
    throw payOutAnswers.ofHold(payOutAnswers.toRefusal(order, verdict));
  }

  private async drain(order: HoldOrder, attempt: Attempt): Promise<AuthorisedHold> {
    let decision: DrainDecision;
    try {
      decision = await this.options.runner.run(attempt, order.deadlineMs);
    } finally {
      this.drains.end(order.accountId);
    }
    return this.tellDrained(order, attempt.payOutId, decision);
  }

  private async tellDrained(
    order: HoldOrder,
    holdId: string,
    decision: DrainDecision,
  ): Promise<AuthorisedHold> {
    if (decision.verdict !== 'committed') {
      throw payOutAnswers.ofHold(payOutAnswers.toDrainRefusal(order, holdId, decision));
    }
    const { peerTimeoutMs } = this.options;
    const record = await this.find(holdId, peerTimeoutMs, [order.tenant]).catch(
      (error: unknown) => {
        throw new BillingError(
          'OUTCOME_UNKNOWN',
          'it is held, and its home does not tell of it now: the same call under the same key does',
          { hold_id: holdId },
          { cause: error },
        );
      },
    );
    return answers.toAuthorised(record, false, decision.position);
  }

  /** A drain was begun for somebody who no longer waits: its deadline is over, so it is aborted. */
  private endUnheard(order: HoldOrder, verdict: HoldVerdict): void {
    if (verdict.status !== 'begun') return;
    // Whatever goes wrong here is put right by recovery.
    this.drain(order, verdict.attempt).catch(() => undefined);
  }

  private async send(orders: readonly HoldOrder[]): Promise<readonly HoldVerdict[]> {
    const rows = orders.map((order) => ({
      ...toRow(order),
      mayDrain: order.mayDrain && !this.drains.has(order.accountId),
    }));
    const verdicts = await authoriseHolds(this.options.database, rows);
    // Before the next call is made up: it must know which accounts drain.
    for (let i = 0; i < verdicts.length; i += 1) {
      if (verdicts[i]!.status === 'begun') this.drains.begin(orders[i]!.accountId);
    }
    return verdicts;
  }

  private operate<Request>(
    read: Read<Request>,
    client: Client,
    request: Request,
    callMs: number,
  ): Promise<HoldOperationAnswer> {
    const { bounds, nodeId, handOvers } = this.options;
    const order = read(holderOf(client), request, bounds, callMs);
    return this.take(async () => {
      const answer =
        order.homeNodeId === nodeId ? await this.carryOut(order) : await handOvers.operate(order);
      const refusal = answers.findRefusal(order, answer) ?? answers.findEnd(order, answer);
      if (refusal !== undefined) throw refusal;
      return answer;
    });
  }

  /** Begun, asked of whoever has not answered, written down. What stays unanswered is asked again by the node's holder. */
  private async carryOut(order: HoldOperationOrder): Promise<HoldOperationAnswer> {
    const { database, sessions, askTimeoutMs, log } = this.options;
    const begun = await again(order.deadlineMs, () => beginHoldOperation(database, order));
    const silent = begun.asks.filter(({ isAnswered }) => !isAnswered).map(({ nodeId }) => nodeId);
    if (silent.length === 0) return begun;
    const asking = sessions.use(async (session) => {
      const timeoutMs = Math.min(askTimeoutMs, askMs(order.deadlineMs));
      if (timeoutMs === 0) return;
      const said = await askHoldParts(session, silent, begun.operationId, ASKS_MAX, timeoutMs);
      if (said !== undefined) await recordHoldAnswers(session, said);
    });
    try {
      // Who waits for a session, or for the record of what was heard, is told in time all the same.
      await beforeDeadline(asking, order.deadlineMs - RECORD_MS);
      return await describeHoldOperation(database, begun);
    } catch (error) {
      // It is begun: what is not known now is told by a repeat of the key.
      log.warn({ err: error, hold: order.holdId }, 'parts of a hold were not asked, or not heard');
      return begun;
    }
  }

  private async find(holdId: string, remainingMs: number, tenants: Tenants): Promise<HoldRecord> {
    const { readDatabase, peerTimeoutMs } = this.options;
    const found = await getHold(
      readDatabase,
      holdId,
      Math.min(peerTimeoutMs, remainingMs),
      tenants,
    );
    switch (found.status) {
      case 'found':
        return found.hold;
      case 'not_found':
        throw holdNotFound(holdId);
      case 'account_copying':
        throw answers.holdCopying(holdId, found.accountId, found.nodeId);
      case 'node_unreachable':
        throw new BillingError(
          'NODE_UNREACHABLE',
          `hold ${holdId} is kept by node ${found.nodeId}, which does not answer`,
          { node_id: String(found.nodeId) },
        );
    }
  }
}

function holderOf(client: Client): Holder {
  return { id: client.id, tenant: tenantOf(client) };
}

/** Made again while others are in the way, or nobody knows whether it happened: its key tells. @throws DatabaseError */
async function again<T>(untilMs: number, work: () => Promise<T>): Promise<T> {
  let isInDoubt = false;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      isInDoubt ||= error.effect === 'unknown';
      const isWorthIt = error.retryable && (isInDoubt || error.kind === 'conflict');
      if (!isWorthIt || performance.now() + AGAIN_AFTER_MS > untilMs) {
        if (!isInDoubt || error.effect === 'unknown') throw error;
        throw new DatabaseError(error.code, error.calling, error.cause as Error, 'unknown');
      }
      await sleep(AGAIN_AFTER_MS);
    }
  }
}
