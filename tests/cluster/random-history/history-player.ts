import { setTimeout as sleep } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import { status, type ServiceError } from '@grpc/grpc-js';
import type { Ledger } from '@billing/testing';
import type { CoordinatorClient } from '../coordinator/coordinator-client.js';
import type { HoldClient } from '../coordinator/hold-client.js';
import { command, type Command, type Upstream } from '../pay-ins/upstream.js';
import { authorise, toAnswer, toRequest, type PayOutStep } from './asking.js';
import type { Failures } from './failures.js';
import type { AccountHistory, OnHoldStep, Step } from './history.js';
import { toDecimal } from './minor.js';
import { askOnHold } from './on-holds.js';
import { askRefund } from './refunds.js';
import {
  emptyRecord,
  never,
  type AccountRecord,
  type PayInRecord,
  type PayOutAnswer,
  type Tick,
} from './record.js';
import type { StreamCaller } from './stream-caller.js';
import { tellTries, tellWaiting } from './telling.js';

/** One datacenter as the history deals with it. */
export interface PlayedNode {
  readonly ledger: Ledger;
  readonly upstream: Upstream;
  readonly client: CoordinatorClient;
  readonly stream: StreamCaller;
  readonly holds: HoldClient;
}

const lingerMs = 150;
const pollEveryMs = 250;
/** The reference of pay-ins that other nodes take than the one that credits them, or several. */
const placedMark = 'placed';
const inFlightMax = 64;
/** A pay-out that cannot be answered yet is asked again; not for ever while nothing is broken. */
const decidedWithinMs = 60_000;
/** Once members that died are back: all that waits for them comes at once. */
const decidedWhileWholeMs = 180_000;
const againDelayMs = 30;
const passingReasons = new Set([
  'CONTENDED',
  'INSUFFICIENT_REACHABLE_FUNDS',
  'DEADLINE_EXCEEDED',
  'IN_PROGRESS',
  'OVERLOADED',
  'OUTCOME_UNKNOWN',
  'HOME_UNREACHABLE',
  'DATABASE_UNAVAILABLE',
]);
/** Of a deletion: nobody has answered. */
const silentCodes: readonly number[] = [
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
];

/** After so many pay-ins the command id of one that the rival was credited is used, as soon as there is one. */
const stealEvery = 10;

/** Does what a history says and writes down what was answered. Nodes are numbered from 1. */
export class HistoryPlayer {
  readonly records: readonly AccountRecord[];
  private clock: Tick = 0;
  private isOver = false;
  /** Steps that were begun. */
  done = 0;
  readonly stolen = new Set<string>();
  private readonly firstTriedMs = new Map<string, number>();
  private payInsSinceStolen = 0;
  /** Tries of pay-outs that another node heard than their keys name, with a home and without. */
  handedOver = 0;
  wandered = 0;
  /** Pay-ins that other nodes take than the one that credits them, or several. */
  private readonly placed = new Map<string, PayInRecord>();
  private readonly outgoing: Command[][];
  private readonly byId: ReadonlyMap<string, AccountRecord>;
  private readonly turnstiles: readonly LimitFunction[];
  private readonly waiting = new Set<{
    readonly isDone: () => boolean;
    readonly goOn: () => void;
  }>();

  constructor(
    private readonly nodes: readonly PlayedNode[],
    private readonly history: readonly AccountHistory[],
    accountIds: readonly string[],
    private readonly tenant = 'default',
    /** Of another tenant with the same history: some of its command ids are used here, once they are its own. */
    private readonly rival?: HistoryPlayer,
    /** Members die meanwhile, databases too. */
    private readonly failures?: Failures,
    /** What charges are for. */
    private readonly serviceId = '',
  ) {
    this.records = history.map(({ home }, index) => emptyRecord(accountIds[index]!, home));
    this.byId = new Map(this.records.map((record) => [record.accountId, record]));
    this.outgoing = nodes.map(() => []);
    this.turnstiles = nodes.map(() => pLimit(inFlightMax));
  }

  async play(): Promise<void> {
    const lanes = this.history.flatMap((account, index) =>
      account.lanes.map((steps) => this.playLane(steps, this.records[index]!)),
    );
    const done = Promise.all(lanes).finally(() => (this.isOver = true));
    await Promise.all([done, ...this.nodes.flatMap((_, i) => [this.send(i), this.watch(i)])]);
  }

  private async playLane(steps: readonly Step[], record: AccountRecord): Promise<void> {
    for (const step of steps) {
      if (step.does !== 'await') this.done += 1;
      switch (step.does) {
        case 'pay_in':
          this.payIn(step, record);
          break;
        case 'pay_out':
          await Promise.all(
            Array.from({ length: step.isDoubled ? 2 : 1 }, () => this.payOut(step, record)),
          );
          break;
        case 'refund':
          await this.refund(step, record);
          break;
        case 'capture':
        case 'void':
        case 'extend':
          await this.onHold(step, record);
          break;
        case 'delete':
          await this.delete(step.node, record);
          break;
        case 'await':
          await this.until(() => record.payIns.every(({ knownAt }) => knownAt !== never));
      }
    }
  }

  private payIn(step: Extract<Step, { does: 'pay_in' }>, record: AccountRecord): void {
    const { node, place, sentTo, commandId } = step;
    const amount = BigInt(step.amount);
    const first = record.payIns.find((payIn) => payIn.commandId === commandId);
    if (first) record.repeats.push({ commandId, node, isSame: first.amount === amount });
    else {
      const nodes = place === 'wanders' ? sentTo : [node];
      const sentAt = this.tick();
      record.payIns.push({ commandId, node, place, nodes, amount, sentAt, knownAt: never });
      if (place !== 'stays') this.placed.set(commandId, record.payIns.at(-1)!);
    }
    const home = place === 'home' ? { home: `dc${node}` } : {};
    const mark = this.placed.has(commandId) ? { reference: placedMark } : {};
    const more = { ...home, ...mark };
    for (const at of sentTo) this.push(at, record.accountId, amount, commandId, more);
    if (++this.payInsSinceStolen >= stealEvery) this.steal(node, record, amount);
  }

  private push(
    node: number,
    accountId: string,
    amount: bigint,
    commandId: string,
    more: Partial<Command> = {},
  ): void {
    const { tenant } = this;
    this.outgoing[node - 1]!.push(
      command(accountId, toDecimal(amount), { commandId, tenant, ...more }),
    );
  }

  /** Under a command id that the rival was credited at this node: nothing may come of it but a conflict. */
  private steal(node: number, record: AccountRecord, amount: bigint): void {
    const theirs = this.rival?.records[this.records.indexOf(record)]?.payIns.find(
      (payIn) =>
        payIn.place === 'stays' &&
        payIn.node === node &&
        payIn.knownAt !== never &&
        !this.stolen.has(payIn.commandId),
    );
    if (theirs === undefined) return;
    const { commandId } = theirs;
    this.payInsSinceStolen = 0;
    this.stolen.add(commandId);
    record.repeats.push({ commandId, node, isSame: false });
    this.push(node, record.accountId, amount, commandId);
  }

  /** Until it is decided; each try is written down. Where members die, it must be once they let it. */
  private async payOut(step: PayOutStep, record: AccountRecord): Promise<void> {
    const { failures } = this;
    if (await this.payOutWithin(step, record, decidedWithinMs)) return;
    const before = record.tries.length;
    const waiting = await failures?.whileWhole(async () => {
      if (await this.payOutWithin(step, record, decidedWhileWholeMs)) return undefined;
      return Promise.all(this.nodes.map(({ ledger }) => tellWaiting(ledger)));
    });
    if (failures && waiting === undefined) return;
    const [tries, late] = [record.tries, record.tries.slice(before)].map((all) =>
      tellTries(all.filter(({ key }) => key === step.key)),
    );
    throw new Error(
      `${step.key} (${step.place}, node ${step.node}) of account ${record.accountId} is not decided: ${tries}; ` +
        `while whole: ${late}; ${waiting?.join('; ')}`,
    );
  }

  /** @returns whether it is decided by then */
  private async payOutWithin(
    step: PayOutStep,
    record: AccountRecord,
    withinMs: number,
  ): Promise<boolean> {
    const end = performance.now() + withinMs;
    for (;;) {
      const answer = await this.tryPayOut(step, record);
      if (answer.kind === 'paid' || !passingReasons.has(answer.reason)) return true;
      if (performance.now() > end) return false;
      await sleep(againDelayMs);
    }
  }

  private async tryPayOut(step: PayOutStep, record: AccountRecord): Promise<PayOutAnswer> {
    const { key, localOnly, place, quantity, heldForMs } = step;
    const amount = BigInt(step.amount);
    const index = place === 'stays' ? step.node - 1 : Math.floor(Math.random() * this.nodes.length);
    if (index !== step.node - 1) this[place === 'home' ? 'handedOver' : 'wandered'] += 1;
    // Who decides is written down, whoever hears it.
    const node = place === 'wanders' ? index + 1 : step.node;
    const wanders = place === 'wanders';
    return this.turnstiles[index]!(async () => {
      const sentAt = this.tick();
      if (!this.firstTriedMs.has(key)) this.firstTriedMs.set(key, performance.now());
      const request = toRequest(step, record.accountId, this.serviceId);
      const answer =
        heldForMs === undefined
          ? toAnswer(await this.nodes[index]!.stream.ask(request))
          : await authorise(this.nodes[index]!.holds, step, record.accountId);
      const tried = { node, key, wanders, amount, localOnly, quantity, heldForMs };
      record.tries.push({ ...tried, sentAt, answeredAt: this.tick(), answer });
      return answer;
    });
  }

  /** Of one of those that its key paid, whichever stands in the end. */
  private async refund(
    { of, key, amount: minor }: Extract<Step, { does: 'refund' }>,
    record: AccountRecord,
  ): Promise<void> {
    const ids = record.tries.flatMap(({ key: paid, answer }) =>
      paid === of && answer.kind === 'paid' ? [answer.payOutId] : [],
    );
    const payOutId = ids[Math.floor(Math.random() * ids.length)];
    if (payOutId === undefined) return;
    const [asked, sentAt] = [{ payOutId, key, amount: BigInt(minor) }, this.tick()];
    const clients = this.nodes.map(({ client }) => client);
    const answer =
      (await askRefund(clients, asked, decidedWithinMs)) ??
      (await this.failures?.whileWhole(() => askRefund(clients, asked, decidedWhileWholeMs)));
    if (answer === undefined) throw new Error(`the refund ${key} of ${payOutId} is not decided`);
    record.refunds.push({ ...asked, sentAt, answeredAt: this.tick(), answer });
  }

  private async onHold(step: OnHoldStep, record: AccountRecord): Promise<void> {
    const { does, of, home, key, amount, heldForMs } = step;
    const ids = record.tries.flatMap((one) =>
      one.key === of && one.answer.kind === 'paid' ? [one.answer.payOutId] : [],
    );
    const holdId = ids[0];
    if (holdId === undefined) return;
    const sentAt = this.tick();
    const clients = this.nodes.map(({ holds }) => holds);
    const answer =
      (await askOnHold(clients, step, holdId, decidedWithinMs)) ??
      (await this.failures?.whileWhole(() =>
        askOnHold(clients, step, holdId, decidedWhileWholeMs),
      ));
    if (answer === undefined) throw new Error(`${does} ${key} of ${holdId} is not decided`);
    const sinceHeldMs = performance.now() - this.firstTriedMs.get(of)!;
    const asked = { does, key, holdId, home, amount: BigInt(amount), heldForMs, sentAt };
    record.onHolds.push({ ...asked, answeredAt: this.tick(), sinceHeldMs, answer });
  }

  /** Until the account's home answers; a loaded machine may be silent for as long as a breaker waits. */
  private async delete(node: number, record: AccountRecord): Promise<void> {
    const { failures } = this;
    const sentAt = this.tick();
    if (await this.deleteWithin(node, record, sentAt, false)) return;
    if (await failures?.whileWhole(() => this.deleteWithin(node, record, sentAt, true))) return;
    throw new Error(`the deletion of account ${record.accountId} at node ${node} is not answered`);
  }

  /** @returns whether it was answered by then */
  private async deleteWithin(
    node: number,
    record: AccountRecord,
    sentAt: Tick,
    isRepeatedFirst: boolean,
  ): Promise<boolean> {
    const end = performance.now() + decidedWithinMs;
    const { client } = this.nodes[node - 1]!;
    for (let isRepeated = isRepeatedFirst; ; isRepeated = true) {
      try {
        const { alreadyDeleted } = await client.deleteAccount(record.accountId, 'history');
        record.deletions.push({ sentAt, answeredAt: this.tick(), alreadyDeleted, isRepeated });
        return true;
      } catch (error) {
        const { code } = error as ServiceError;
        const isSilent = this.failures ? silentCodes.includes(code) : code === status.UNAVAILABLE;
        if (!isSilent) throw error;
        if (performance.now() > end) return false;
        await sleep(againDelayMs);
      }
    }
  }

  /** Pay-ins to one node's broker, in the order in which they were made. */
  private async send(index: number): Promise<void> {
    for (;;) {
      const isLast = this.isOver;
      const commands = this.outgoing[index]!.splice(0);
      await this.nodes[index]!.upstream.send(commands);
      if (isLast) return;
      await sleep(lingerMs);
    }
  }

  /** What one node has credited, and which deletions it knows of. */
  private async watch(index: number): Promise<void> {
    const { ledger } = this.nodes[index]!;
    while (!this.isOver) {
      const startedMs = performance.now();
      try {
        await this.look(ledger, index + 1);
      } catch (error) {
        if (this.failures === undefined) throw error;
      }
      this.wake();
      // What is looked through grows: the look takes a twentieth of the time at most.
      await sleep(Math.max(pollEveryMs, 20 * (performance.now() - startedMs)));
    }
  }

  private async look(ledger: Ledger, node: number): Promise<void> {
    const credited = await ledger.rows<{ account_id: bigint; entries: bigint }>(
      `/* credited */ select account_id, count(*) as entries from billing.transaction_log
        where operation_type = 'pay_in' and node_id = billing.local_node_id() and reference is distinct from $1 group by 1`,
      [placedMark],
    );
    const unknown = [...this.placed.values()].filter(({ knownAt }) => knownAt === never);
    const placed = await ledger.rows<{ id: string }>(
      `/* placed */ select operation_id::text as id from billing.transaction_log
        where operation_id = any ($1::uuid[]) and operation_type = 'pay_in' and node_id = billing.local_node_id()`,
      [unknown.map(({ commandId }) => commandId)],
    );
    const deleted = await ledger.rows<{ id: bigint }>(
      '/* deleted */ select id from billing.accounts where is_deleted',
    );
    const at = this.tick();
    for (const { account_id, entries } of credited) {
      this.markKnown(this.byId.get(String(account_id)), node, Number(entries), at);
    }
    for (const { id } of placed) this.placed.get(id)!.knownAt = at;
    for (const { id } of deleted) {
      const seen = this.byId.get(String(id))?.deletionSeenAt;
      if (seen && !seen.has(node)) seen.set(node, at);
    }
  }

  /** An account's pay-ins are credited in the order in which they were sent to a node. */
  private markKnown(
    record: AccountRecord | undefined,
    node: number,
    count: number,
    at: Tick,
  ): void {
    const own =
      record?.payIns.filter((payIn) => payIn.place === 'stays' && payIn.node === node) ?? [];
    for (const payIn of own.slice(0, count)) payIn.knownAt = Math.min(payIn.knownAt, at);
  }

  private async until(isDone: () => boolean): Promise<void> {
    if (isDone()) return;
    await new Promise<void>((goOn) => this.waiting.add({ isDone, goOn }));
  }

  private wake(): void {
    for (const one of this.waiting) {
      if (!one.isDone()) continue;
      this.waiting.delete(one);
      one.goOn();
    }
  }

  private tick(): Tick {
    return (this.clock += 1);
  }
}
