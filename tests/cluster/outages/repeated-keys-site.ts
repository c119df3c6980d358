import { randomUUID } from 'node:crypto';
import { listAuditFaults } from '@billing/database';
import type { PaidOut, PayOutRequest } from '@billing/contracts';
import { eventually, untilClean, type Ledger } from '@billing/testing';
import { runBilling } from '../command-line/billing-program.js';
import { CoordinatorClient, refusalOf } from '../coordinator/coordinator-client.js';
import { DrainSite } from '../drains/drain-site.js';
import { gave, requestOf } from '../pay-outs/pay-out.request.js';

export type Request = Partial<PayOutRequest>;
export type PayOut = PaidOut['payOut'];

/** `paid`, `replayed`, or why not. */
export interface Heard {
  readonly word: string;
  readonly payOut?: PayOut;
}

export interface Correction extends Record<string, unknown> {
  readonly node_id: number;
  readonly amount_minor: bigint;
  readonly operation_id: string;
  readonly reference: string;
}

/** A pay-out that was given back. */
export interface Undone {
  readonly payOut: PayOut;
  /** One of these it must name. */
  readonly inFavourOf: readonly PayOut[];
}

export const isPaid = ({ word }: Heard): boolean => word === 'paid' || word === 'replayed';

const ownCorrections = `/* corrections */ select node_id, amount_minor, operation_id::text, reference from billing.transaction_log
  where account_id = $1 and operation_type = 'correction' and node_id = billing.local_node_id() order by operation_id`;

/** Three nodes with their coordinators, a proxy on every link, and a client that asks any of them. */
export class RepeatedKeysSite {
  private constructor(
    readonly base: DrainSite,
    private readonly clients: readonly CoordinatorClient[],
    /** Has money at every node, for what nobody asks about. */
    private readonly marker: bigint,
  ) {}

  static async start(coordinator: Readonly<Record<string, string>>): Promise<RepeatedKeysSite> {
    const base = await DrainSite.start({
      members: ['postgres', 'coordinator'],
      appEnvironment: { coordinator },
    });
    try {
      const token = await base.cluster.signToken({ sub: 'shop' });
      const clients = base.nodeIds.map(
        (nodeId) => new CoordinatorClient(base.cluster.coordinatorConnection(nodeId), token),
      );
      const marker = await base.account({ 1: 10_000n, 2: 10_000n, 3: 10_000n }, 'marker');
      return new RepeatedKeysSite(base, clients, marker);
    } catch (error) {
      await base.destroy();
      throw error;
    }
  }

  get nodeIds(): number[] {
    return this.base.nodeIds;
  }

  ledger(nodeId: number): Ledger {
    return this.base.ledger(nodeId);
  }

  client(nodeId: number): CoordinatorClient {
    return this.clients[nodeId - 1]!;
  }

  /** What a client hears there, in a word. */
  hear(nodeId: number, request: Request): Promise<Heard> {
    return heardOf(this.client(nodeId).payOut(request));
  }

  /** Pays for the first time, at this node. @throws when it is told anything else */
  async payAt(nodeId: number, request: Request): Promise<PayOut> {
    const { word, payOut } = await this.hear(nodeId, request);
    expect({ word, at: payOut && nodeOf(payOut.payOutId) }).toEqual({ word: 'paid', at: nodeId });
    return payOut!;
  }

  /** Asked again until it is told that it is paid. */
  untilPaid(nodeId: number, request: Request): Promise<Heard> {
    return eventually(() => this.hear(nodeId, request), isPaid);
  }

  async sumOf(accountId: bigint): Promise<bigint> {
    return Object.values(await this.base.ownParts(accountId)).reduce((sum, part) => sum + part, 0n);
  }

  /** No two of these hear each other. */
  async part(...nodeIds: readonly number[]): Promise<void> {
    const ways = nodeIds.flatMap((from) =>
      nodeIds.filter((to) => to !== from).map((to) => this.base.links.link(from, to)),
    );
    await Promise.all(ways.map((link) => link.cut()));
  }

  async heal(...nodeIds: readonly number[]): Promise<void> {
    if (nodeIds.length === 0) return this.base.links.restore();
    for (const from of nodeIds) {
      for (const to of nodeIds.filter((one) => one !== from)) {
        await this.base.links.link(from, to).restore();
      }
    }
  }

  /** Until a node knows of a pay-out of another one, paid or begun. */
  async untilArrived(at: number, payOutId: string): Promise<void> {
    const arrived = '/* arrived */ select count(*) from billing.arrived_keys where pay_out_id = $1';
    await eventually(
      () => this.ledger(at).value<bigint>(arrived, [payOutId]),
      (count) => count > 0n,
    );
  }

  /** Until all that node `from` has committed by now has arrived: commits keep their order. */
  async untilCaughtUp(at: number, from: number): Promise<void> {
    const { payOut } = await this.client(from).payOut(requestOf(this.marker.toString(), '0.01'));
    await this.untilArrived(at, payOut.payOutId);
  }

  /** Until a node has been told of a pair of this pay-out. */
  async untilTold(at: number, { payOutId }: PayOut): Promise<void> {
    const told = '/* told */ select count(*) from billing.duplicate_pay_outs where pay_out_id = $1';
    await eventually(
      () => this.ledger(at).value<bigint>(told, [payOutId]),
      (count) => count > 0n,
    );
  }

  /** Pairs of an account as each node knows them: `undone stands same`, and who found them. */
  async pairs(accountId: bigint): Promise<{ pairs: string[]; finders: number[] }> {
    const all = await Promise.all(
      this.base.ledgers.map((ledger) =>
        ledger.rows<{ node_id: number; pair: string }>(
          `/* pairs */ select node_id, concat_ws(' ', pay_out_id, stands_id, is_same) as pair
             from billing.duplicate_pay_outs where account_id = $1`,
          [accountId],
        ),
      ),
    );
    const rows = all.flat();
    return {
      pairs: [...new Set(rows.map(({ pair }) => pair))].sort(),
      finders: [...new Set(rows.map(({ node_id }) => node_id))].sort(),
    };
  }

  /** What each node has given back itself, by pay-out. */
  async corrections(accountId: bigint): Promise<Correction[]> {
    const rows = await Promise.all(
      this.base.ledgers.map((ledger) => ledger.rows<Correction>(ownCorrections, [accountId])),
    );
    return rows.flat().sort((a, b) => a.operation_id.localeCompare(b.operation_id));
  }

  /** Until every node has sealed, unpacked, compared and undone what there is. */
  async untilIdle(): Promise<void> {
    const left = `/* left */ select (select count(*) from billing.batches) + (select count(*) from billing.arrived_batches)
        + (select count(*) from billing.arrived_duplicates)`;
    for (const to of this.nodeIds) {
      for (const from of this.nodeIds.filter((one) => one !== to)) {
        await this.untilCaughtUp(to, from);
      }
    }
    await eventually(
      () => Promise.all(this.base.ledgers.map((ledger) => ledger.value<bigint>(left))),
      (counts) => counts.every((count) => count === 0n),
    );
    await untilClean(this.base.ledgers, 20_000);
  }

  /** Until nothing is pending, told, or to be undone, and no breaker answers in the place of a node. */
  async untilCalm(): Promise<void> {
    await this.heal();
    const open = 'select count(*) from billing.node_breakers';
    await eventually(
      () => Promise.all(this.base.ledgers.map((ledger) => ledger.value<bigint>(open))),
      (counts) => counts.every((count) => count === 0n),
    );
    await this.untilIdle();
  }

  /** One has been paid for good; the later ones were undone, each once and by its node, and every node says so. */
  async expectUndone(request: Request, stands: PayOut, undone: readonly Undone[]): Promise<void> {
    const accountId = BigInt(request.accountId!);
    await eventually(
      () => this.corrections(accountId),
      (rows) => rows.length >= undone.length,
    );
    await this.untilCalm();
    const corrections = await this.corrections(accountId);
    expect(corrections.map(({ operation_id: id }) => id).sort()).toEqual(
      undone.map(({ payOut }) => payOut.payOutId).sort(),
    );
    for (const { payOut, inFavourOf } of undone) {
      const { payOutId, amount } = payOut;
      const ids = inFavourOf.map((one) => one.payOutId);
      const [correction] = corrections.filter(({ operation_id: id }) => id === payOutId);
      const { node_id: at, amount_minor: minor, reference } = correction!;
      expect({ at, minor }).toEqual({ at: nodeOf(payOutId), minor: minorOf(amount) });
      // Of three, two may have known of each other before the third.
      const earlier = undone.map((one) => one.payOut.payOutId).filter((id) => id !== payOutId);
      expect([...ids, ...earlier]).toContain(
        /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(reference)?.[0],
      );
      for (const nodeId of this.nodeIds) {
        const got = await this.client(nodeId).getPayOut(payOutId);
        expect(got.payOut.duplicateOf).toBe(stands.payOutId);
        expect(got.payOut.parts).toEqual(payOut.parts);
      }
    }
    for (const nodeId of this.nodeIds) {
      expect(await this.hear(nodeId, request)).toEqual({ word: 'replayed', payOut: stands });
      const got = await this.client(nodeId).getPayOut(stands.payOutId);
      expect(got.payOut).toEqual({ ...stands, duplicateOf: '' });
      const other = await this.hear(nodeId, { ...request, reference: 'order 8' });
      expect(other).toEqual({ word: 'IDEMPOTENCY_CONFLICT' });
    }
  }

  /** What `billing verify` finds now: `node check account`. */
  async verify(): Promise<string[]> {
    const { out } = await runBilling(this.base.cluster, ['verify', '--json']);
    const { faults } = JSON.parse(out) as {
      faults: readonly { node: string; check: string; accountId?: string }[];
    };
    return faults.map(({ node, check, accountId }) => `${node} ${check} ${accountId ?? '-'}`);
  }

  /** What the auditors in the background have found: `check account`, of now or of all time. */
  async published(isOfAllTime: boolean): Promise<string[]> {
    const listings = await Promise.all(
      this.base.ledgers.map(({ database }) =>
        listAuditFaults(database, isOfAllTime, 1_000, ['default']),
      ),
    );
    const found = listings.flatMap(({ items }) =>
      items.map(({ check, accountId }) => `${check} ${accountId ?? '-'}`),
    );
    return [...new Set(found)].sort();
  }

  async restartPostgres(...nodeIds: readonly number[]): Promise<void> {
    await Promise.all(nodeIds.map((nodeId) => this.base.cluster.killMember('postgres', nodeId)));
    await Promise.all(nodeIds.map((nodeId) => this.base.cluster.startMember('postgres', nodeId)));
  }

  /** Kills PostgreSQL of a node when its coordinator, after `then`, waits for what this statement locks. */
  async killWaiting(nodeId: number, lock: string, then: () => Promise<void>): Promise<void> {
    const held = await this.ledger(nodeId).database.connect('holds');
    try {
      await held.query('begin', 'begin');
      await held.query('lock', lock);
      await then();
      const waiting = `/* waiting */ select count(*) from pg_stat_activity
         where usename = 'billing_coordinator' and cardinality(pg_blocking_pids(pid)) > 0`;
      await eventually(
        () => this.ledger(nodeId).value<bigint>(waiting),
        (count) => count > 0n,
      );
      await this.base.cluster.killMember('postgres', nodeId);
    } finally {
      held.release(true);
    }
    await this.base.cluster.startMember('postgres', nodeId);
  }

  async destroy(): Promise<void> {
    for (const client of this.clients) client.close();
    await this.base.destroy();
  }
}

export async function heardOf(call: Promise<PaidOut>): Promise<Heard> {
  try {
    const { replayed, payOut } = await call;
    return { word: replayed ? 'replayed' : 'paid', payOut };
  } catch {
    const { reason, code } = await refusalOf(call);
    return { word: reason ?? code };
  }
}

/** The third group of an id names its node. */
export const nodeOf = (payOutId: string): number => Number(payOutId.split('-')[2]!.slice(1));

export const minorOf = (amount: string): bigint => BigInt(amount.replace('.', ''));

/** As a client may send it: with a reference and metadata, under a key without a home. */
export const newRequest = (accountId: bigint, changes: Request = {}): Request =>
  requestOf(accountId.toString(), '9.50', {
    idempotencyKey: randomUUID(),
    deadlineMs: 8_000,
    reference: 'order 7',
    metadataJson: '{"a":"x","n":9007199254740993}',
    ...changes,
  });

/** Parts of an account after payments, of which some were undone at their nodes. */
export function leftOf(
  parts: Readonly<Record<number, bigint>>,
  paid: readonly PayOut[],
  undone: readonly PayOut[],
): Record<number, bigint> {
  const left: Record<number, bigint> = { 1: 0n, 2: 0n, 3: 0n, ...parts };
  for (const payOut of paid) {
    for (const [nodeId, amount] of Object.entries(gave({ payOut }))) {
      left[Number(nodeId)]! -= minorOf(amount);
    }
  }
  for (const { payOutId, amount } of undone) left[nodeOf(payOutId)]! += minorOf(amount);
  return left;
}
