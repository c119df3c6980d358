import type { Client } from '@billing/auth';
import {
  isAccountId,
  type GetPayOutResponse,
  type PaidOut,
  type PayOutRequest,
  type PreviewPayOutRequest,
  type PreviewPayOutResponse,
  type Tenants,
  type WithPayOut,
} from '@billing/contracts';
import {
  DatabaseError,
  getAccount,
  getPayOut,
  payOut,
  previewPayOut,
  type Attempt,
  type Database,
  type PayOutVerdict,
} from '@billing/database';
import { formatAmount } from '@billing/money';
import { unknownAccount } from '../accounts/account-answers.js';
import { BillingError } from '../grpc/billing.errors.js';
import { withoutEffect } from '../grpc/billing-error.filter.js';
import { tenantOf } from '../grpc/client-access.js';
import { serviceNotFound } from '../catalogue/catalogue-desk.js';
import type { PriceList } from '../catalogue/price-list.js';
import type { PayOutMetrics, PayOutPath } from '../metrics/pay-out.metrics.js';
import type { UpgradeGate } from '../grpc/upgrade-gate.js';
import { AccountDrains } from './account-drains.js';
import { judgeFailure } from './call-failure.js';
import { Combiner } from './combiner.js';
import type { DrainRunner } from './drain-runner.js';
import type { HandOvers } from './hand-overs.js';
import * as answers from './pay-out-answers.js';
import {
  keyOf,
  readCharge,
  readPayOut,
  readPayOutId,
  readPreview,
  termsOf,
  type DeadlineBounds,
  type PayOutOrder,
  type PricedMeaning,
} from './pay-out.request.js';

export interface PayOutDeskOptions {
  readonly nodeId: number;
  readonly payOutDatabase: Database;
  readonly readDatabase: Database;
  readonly prices: PriceList;
  readonly upgrade: UpgradeGate;
  readonly runner: DrainRunner;
  readonly handOvers: HandOvers;
  readonly bounds: DeadlineBounds;
  readonly batchSizeMax: number;
  readonly callsMax: number;
  /** Pay-outs that were taken and not yet answered. */
  readonly openMax: number;
  /** How long another node has for an answer. */
  readonly peerTimeoutMs: number;
  readonly metrics: PayOutMetrics;
}

/** What is noted of a pay-out on its way to its answer. */
interface Course {
  path: PayOutPath;
}

/**
 * Pay-outs: what the local part covers is paid in one SQL call with whatever else waits; the rest
 * begins drains in the same call, of an account as many as other nodes are known to have money for. What is
 * short while its account drains waits for the end of these drains and goes again, with all that came
 * meanwhile; what the local part covers never waits.
 */
export class PayOutDesk {
  private readonly combiner: Combiner<PayOutOrder, PayOutVerdict>;
  private readonly drains = new AccountDrains();
  private open = 0;
  private isStopping = false;
  private onIdle: (() => void) | undefined;

  constructor(private readonly options: PayOutDeskOptions) {
    this.combiner = new Combiner({
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
  async payOut(client: Client, request: PayOutRequest, callMs = Infinity): Promise<PaidOut> {
    const startMs = performance.now();
    const course: Course = { path: 'local' };
    let status = 'internal';
    try {
      const response = await this.take(course, client, request, callMs);
      status = response.replayed ? 'replayed' : 'committed';
      return response;
    } catch (error) {
      if (error instanceof BillingError) status = error.code.toLowerCase();
      else if (error instanceof DatabaseError && error.retryable) status = 'database_unavailable';
      throw error;
    } finally {
      this.options.metrics.answered(course.path, status, performance.now() - startMs);
    }
  }

  /** Pay-outs that were taken and not yet answered. */
  get openCount(): number {
    return this.open;
  }

  /** Takes no new ones, and ends with the last one's answer. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.options.runner.hurry();
    this.drains.stop();
    this.options.handOvers.stop();
    if (this.open > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
  }

  /** @throws BillingError, DatabaseError */
  async get(
    payOutId: string,
    remainingMs: number,
    tenants: Tenants,
  ): Promise<WithPayOut<GetPayOutResponse>> {
    const { readDatabase, peerTimeoutMs } = this.options;
    const id = readPayOutId(payOutId);
    const found = await getPayOut(readDatabase, id, Math.min(peerTimeoutMs, remainingMs), tenants);
    switch (found.status) {
      case 'found':
        return { payOut: answers.toPayOut(found.payOut) };
      case 'not_found':
        throw new BillingError('PAY_OUT_NOT_FOUND', `pay-out ${id} is not known`, {
          pay_out_id: id,
        });
      case 'account_copying':
        throw answers.payOutCopying(id, found.accountId, found.nodeId);
      case 'node_unreachable':
        throw new BillingError(
          'NODE_UNREACHABLE',
          `pay-out ${id} is kept by node ${found.nodeId}, which does not answer`,
          { node_id: String(found.nodeId) },
        );
    }
  }

  /** @throws BillingError, DatabaseError */
  async preview(request: PreviewPayOutRequest, tenants: Tenants): Promise<PreviewPayOutResponse> {
    const { accountId, amountMinor, currency, mayDrain } = readPreview(request);
    const plan = await previewPayOut(this.options.readDatabase, {
      accountId: BigInt(accountId),
      amountMinor,
      currency,
      mayDrain,
      tenants,
    });
    switch (plan.status) {
      case 'account_not_found':
        throw await unknownAccount(this.options.readDatabase, accountId);
      case 'account_deleted':
        throw answers.accountDeleted(accountId);
      case 'currency_mismatch':
        throw answers.currencyMismatch(accountId, plan.accountCurrency);
      case 'planned':
    }
    const planned = plan.parts.reduce((sum, part) => sum + part.amountMinor, 0n);
    return {
      covered: planned >= amountMinor,
      parts: answers.toParts(plan.parts, currency),
      spendable: formatAmount(plan.spendableMinor, currency),
      stranded: formatAmount(plan.strandedMinor, currency),
      unreachableNodes: [...plan.unreachableNodes],
    };
  }

  private async take(
    course: Course,
    client: Client,
    request: PayOutRequest,
    callMs: number,
  ): Promise<PaidOut> {
    const order = readPayOut(
      { id: client.id, tenant: tenantOf(client) },
      request,
      this.options.bounds,
      callMs,
      request.charge === null ? undefined : await this.price(client, request),
    );
    if (order.minimumMinor !== undefined)
      await this.options.upgrade.pass('pay-outs up to an amount');
    if (this.isStopping) throw answers.stopping();
    if (this.open >= this.options.openMax) {
      throw new BillingError('OVERLOADED', 'too many pay-outs wait; nothing was begun');
    }
    this.open += 1;
    try {
      const { homeNodeId = this.options.nodeId } = order;
      if (homeNodeId === this.options.nodeId) return await this.pay(order, course);
      course.path = 'handed_over';
      return await this.options.handOvers.payOut(order, homeNodeId);
    } finally {
      this.open -= 1;
      if (this.open === 0) this.onIdle?.();
    }
  }

  /** @throws BillingError, DatabaseError of no effect */
  private async price(client: Client, request: PayOutRequest): Promise<PricedMeaning | undefined> {
    const meaning = readCharge(request);
    if (meaning === undefined) return undefined;
    const { prices, readDatabase } = this.options;
    const priced = await prices.price(meaning.serviceId, meaning.quantity);
    if (priced !== undefined) return { meaning, priced };
    // Not heard of here yet, perhaps, and charged under this key where it was made: the key is judged first, for which any
    // currency will do that is not refused before.
    const account = isAccountId(request.accountId)
      ? await withoutEffect(getAccount(readDatabase, request.accountId, [tenantOf(client)]))
      : undefined;
    if (account === undefined) throw serviceNotFound(meaning.serviceId);
    const charge = { refusal: 'service_not_found' } as const;
    return { meaning, priced: { amountMinor: 0n, currency: account.currency, charge } };
  }

  private async pay(order: PayOutOrder, course: Course): Promise<PaidOut> {
    for (;;) {
      const verdict = await this.combiner.submit(order);
      switch (verdict.status) {
        case 'committed':
          return answers.toPaidByOne(order, this.options.nodeId, verdict);
        case 'begun':
          course.path = 'drained';
          return this.drain(order, verdict.attempt, verdict.createdAt);
        case 'short':
          if (!order.mayDrain) throw answers.insufficientLocal(order, verdict.localMinor);
          if (!(await this.drains.ended(order.accountId, order.deadlineMs))) {
            throw this.isStopping ? answers.stopping() : answers.contendedUnbegun();
          }
          break;
        case 'replayed':
          return answers.toReplayed(verdict.payOut, verdict.position);
        case 'account_not_found':
          throw await unknownAccount(this.options.readDatabase, order.accountId);
        default:
          throw answers.toRefusal(order, verdict);
      }
    }
  }

  private async drain(order: PayOutOrder, attempt: Attempt, createdAt: Date): Promise<PaidOut> {
    try {
      const decision = await this.options.runner.run(attempt, order.deadlineMs);
      return answers.toDrained(order, attempt.payOutId, createdAt, decision);
    } finally {
      this.drains.end(order.accountId);
    }
  }

  /** A drain was begun for somebody who no longer waits: its deadline is over, so it is aborted. */
  private endUnheard(order: PayOutOrder, verdict: PayOutVerdict): void {
    if (verdict.status !== 'begun') return;
    // Whatever goes wrong here is put right by recovery.
    this.drain(order, verdict.attempt, verdict.createdAt).catch(() => undefined);
  }

  private async send(orders: readonly PayOutOrder[]): Promise<readonly PayOutVerdict[]> {
    const nowMs = performance.now();
    const verdicts = await payOut(
      this.options.payOutDatabase,
      orders.map((order) => ({
        tenant: order.tenant,
        clientId: order.clientId,
        idempotencyKey: order.idempotencyKey,
        fingerprint: order.fingerprint,
        earlierFingerprints: order.earlierFingerprints,
        accountId: BigInt(order.accountId),
        amountMinor: order.amountMinor,
        currency: order.currency,
        mayDrain: order.mayDrain && !this.drains.has(order.accountId),
        deadlineMs: Math.max(1, Math.floor(order.deadlineMs - nowMs)),
        reference: order.reference,
        metadata: order.metadata,
        charge: order.charge,
        upTo: termsOf(order),
      })),
    );
    this.options.metrics.called(orders.length, performance.now() - nowMs);
    // Before the next call is made up: it must know which accounts drain.
    for (let i = 0; i < verdicts.length; i += 1) {
      if (verdicts[i]!.status === 'begun') this.drains.begin(orders[i]!.accountId);
    }
    return verdicts;
  }
}
