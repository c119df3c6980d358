import { setTimeout as sleep } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import { status, type ServiceError } from '@grpc/grpc-js';
import { DatabaseError } from '@billing/database';
import type { Ledger } from '@billing/testing';
import type { CoordinatorClient } from '../coordinator/coordinator-client.js';
import type { HoldClient } from '../coordinator/hold-client.js';
import { command, type Command, type Upstream } from '../pay-ins/upstream.js';
import { authorise, toAnswer, toRequest, type PayOutStep } from './asking.js';
import type { Failures } from './failures.js';
import {
  isEverFrozen,
  type AccountHistory,
  type FreezeStep,
  type OnHoldStep,
  type Step,
} from './history.js';
import { toDecimal } from './minor.js';
import { askFreeze } from './freezes.js';
import { lookAt, placedMark } from './looking.js';
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
import { passingReasons, silentToDeletions } from './silent-codes.js';
import type { StreamCaller } from './stream-caller.js';
import { tellTries, tellWaiting } from './telling.js';
import { Waiting } from './waiting.js';

/** One datacenter as the history deals with it. */
export interface PlayedNode {
  readonly ledger: Ledger;
  readonly upstream: Upstream;
  readonly client: CoordinatorClient;
  readonly stream: StreamCaller;
  readonly holds: HoldClient;
}

const lingerMs = 150;
const [pollEveryMs, pollEveryMaxMs] = [250, 2_000];
const inFlightMax = 64;
/** A pay-out that cannot be answered yet is asked again; not for ever while nothing is broken. */
const decidedWithinMs = 60_000;
/** Once members that died are back: all that waits for them comes at once. */
const decidedWhileWholeMs = 180_000;
const againDelayMs = 30;
/** After so many pay-ins the command id of one that the rival was credited is used, as soon as there is one. */
const stealEvery = 10;

/** Does what a history says and writes down what was answered. Nodes are numbered from 1. */
export class HistoryPlayer {
  readonly records: readonly AccountRecord[];
  private clock: Tick = 0;
  private isOver = false;
  isTimeUp = false;
  /** Steps that were begun. */
  done = 0;
  readonly stolen = new Set<string>();
  private readonly firstTriedMs = new Map<string, number>();
  private payInsSinceStolen = 0;
  /** Tries of pay-outs that another node heard than their keys name, with a home and without. */
  handedOver = 0;
  wandered = 0;
  /** Pay-ins that other nodes take than the one that credits them, or several, or that may wait. */
  private readonly placed = new Map<string, PayInRecord>();
  /** Accounts whose pay-ins may wait: they are credited in any order. */
  private readonly freezing: ReadonlySet<AccountRecord>;
  private readonly outgoing: Command[][];
  private readonly byId: ReadonlyMap<string, AccountRecord>;
  private readonly turnstiles: readonly LimitFunction[];
  private readonly waiting = new Waiting();

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
    this.freezing = new Set(this.records.filter((_, index) => isEverFrozen(history[index]!)));
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
      if (this.isTimeUp && step.does !== 'thaw') continue;
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
        case 'freeze':
        case 'thaw':
          await this.freeze(step, record);
          break;
        case 'delete':
          await this.delete(step.node, record);
          break;
        case 'await':
          await this.waiting.until(() => record.payIns.every(({ knownAt }) => knownAt !== never));
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
      if (place !== 'stays' || this.freezing.has(record))
        this.placed.set(commandId, record.payIns.at(-1)!);
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
    const minimum = step.minimum === undefined ? undefined : BigInt(step.minimum);
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
      const tried = { node, key, wanders, amount, minimum, localOnly, quantity, heldForMs };
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
    const answer = await this.decide(`the refund ${key} of ${payOutId}`, (withinMs) =>
      askRefund(clients, asked, withinMs),
    );
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
    const answer = await this.decide(`${does} ${key} of ${holdId}`, (withinMs) =>
      askOnHold(clients, step, holdId, withinMs),
    );
    const sinceHeldMs = performance.now() - this.firstTriedMs.get(of)!;
    const asked = { does, key, holdId, home, amount: BigInt(amount), heldForMs, sentAt };
    record.onHolds.push({ ...asked, answeredAt: this.tick(), sinceHeldMs, answer });
  }

  private async freeze(step: FreezeStep, record: AccountRecord): Promise<void> {
    const { does, debits, credits, key, afterMs } = step;
    await sleep(afterMs);
    const sentAt = this.tick();
    const clients = this.nodes.map(({ client }) => client);
    const answer = await this.decide(`${does} ${key} of ${record.accountId}`, (withinMs) =>
      askFreeze(clients, step, record.accountId, withinMs),
    );
    const asked = { does, debits, credits, key, sentAt };
    record.freezes.push({ ...asked, answeredAt: this.tick(), answer });
  }

  /** What is asked until it is decided, must be once members that die let it. */
  private async decide<T>(
    what: string,
    ask: (withinMs: number) => Promise<T | undefined>,
  ): Promise<T> {
    const answer =
      (await ask(decidedWithinMs)) ??
      (await this.failures?.whileWhole(() => ask(decidedWhileWholeMs)));
    if (answer === undefined) throw new Error(`${what} is not decided`);
    return answer;
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
        const isSilent = this.failures
          ? silentToDeletions.includes(code)
          : code === status.UNAVAILABLE;
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
        // On a busy machine a connection may take too long.
        const isPassing = error instanceof DatabaseError && error.retryable;
        if (this.failures === undefined && !isPassing) throw error;
      }
      this.waiting.wake();
      // What is looked through grows: the look takes a twentieth of the time at most.
      const tookMs = performance.now() - startedMs;
      await sleep(Math.min(Math.max(pollEveryMs, 20 * tookMs), pollEveryMaxMs));
    }
  }

  private async look(ledger: Ledger, node: number): Promise<void> {
    const unknown = [...this.placed.values()].filter(({ knownAt }) => knownAt === never);
    const ids = unknown.map(({ commandId }) => commandId);
    const seen = await lookAt(ledger, ids);
    const at = this.tick();
    for (const { account_id, entries } of seen.credited) {
      this.markKnown(this.byId.get(String(account_id)), node, Number(entries), at);
    }
    for (const { id } of seen.placed) this.placed.get(id)!.knownAt = at;
    for (const { id } of seen.deleted) {
      const known = this.byId.get(String(id))?.deletionSeenAt;
      if (known && !known.has(node)) known.set(node, at);
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

  private tick(): Tick {
    return (this.clock += 1);
  }
}
