import type { Cluster } from '@billing/cluster';
import { PAY_IN_TOPIC } from '@billing/contracts';
import { addMissingBalanceRows, replicationStatus, restartSubscription } from '@billing/database';
import { fillTopic, prepareMessages } from '../commands.js';
import {
  firstEntryMs,
  forgetEntries,
  NODE,
  openAccounts,
  readClock,
  readOffsets,
  untilStored,
} from '../worker-measure.js';
import { LagWatch } from './lag-watch.js';
import { NodeCopy } from './node-copy.js';
import { BEHIND_IT, costOf, THE_BENCH, type Run, type Spent } from './replication-run.js';
import { Spending } from './spending.js';
import { untilSo } from './until-so.js';

/** Some entries come late to a page that was counted: every so many looks all are counted. */
const ALL_COUNTED_EVERY = 20;
/** A subscription that stays down is started anew: pglogical itself would wait for minutes. */
const DOWN_LOOKS_MAX = 60;
/** Looking takes processor time from what is looked at. */
const STORED_POLL_MS = 50;
const ROWS_AT_ONCE = 10_000;

/** Datacenters whose pay-ins are measured; what has no part in a measurement is stopped. */
export class ReplicationSite {
  private readonly copies: readonly NodeCopy[];
  private readonly accountIds: bigint[] = [];

  /** @param hasCoordinators they seal and unpack while the clock runs; else the bench does so behind it */
  constructor(
    readonly name: string,
    private readonly cluster: Cluster,
    private readonly hasCoordinators = false,
  ) {
    this.copies = cluster.nodeIds.map((nodeId) => new NodeCopy(cluster, nodeId));
  }

  /** Brokers of peers and workers have nothing to do for now. */
  async quieten(): Promise<void> {
    for (const { nodeId } of this.copies) await this.cluster.stopMember('ledger-worker', nodeId);
    await this.stopCoordinators(this.copies);
    for (const { nodeId } of this.peers) await this.cluster.stopMember('kafka', nodeId);
  }

  /** Until there are so many, known at every node, each with its parts of all nodes. */
  async openAccounts(count: number): Promise<void> {
    const missing = count - this.accountIds.length;
    this.accountIds.push(...(await openAccounts(this.home.database, missing)));
    const parts = this.accountIds.length * this.copies.length;
    await untilSo('each account to have its parts everywhere', async () => {
      for (const { database } of this.peers) {
        while ((await addMissingBalanceRows(database, ROWS_AT_ONCE)) === ROWS_AT_ONCE);
      }
      const counts = await Promise.all(this.copies.map((copy) => copy.countParts()));
      return { isSo: counts.every((one) => one === parts), progress: counts.join() };
    });
    for (const { database } of this.copies) {
      await database.query('analyze all', 'analyze billing.accounts, billing.account_balances');
    }
  }

  /** Home's worker while nobody takes its pay-ins over; then how fast the peers do. */
  async runAlone(messages: number): Promise<{ alone: Run; catchUpRate: number }> {
    await this.fill([this.home], messages);
    for (const { nodeId } of this.peers) await this.cluster.stopMember('postgres', nodeId);
    const alone = await this.run([this.home], [], messages);
    for (const { nodeId } of this.peers) await this.cluster.startMember('postgres', nodeId);
    const rates = this.peers.map((peer) => this.catchUp(peer, messages));
    const [, ...each] = await Promise.all([this.untilReplicating(), ...rates]);
    await this.assertSame(this.copies, messages);
    return { alone, catchUpRate: Math.min(...each) };
  }

  /** Home's worker while its peers take its pay-ins over. */
  async runReplicated(messages: number): Promise<Run> {
    await this.fill([this.home], messages);
    return this.run([this.home], this.peers, messages);
  }

  /** All workers at once, so many pay-ins as a whole, and everybody takes over everybody's. */
  async runAll(messages: number): Promise<Run> {
    for (const { nodeId } of this.peers) await this.cluster.startMember('kafka', nodeId);
    const each = Math.ceil(messages / this.copies.length);
    await this.fill(this.copies, each);
    const run = await this.run(this.copies, this.copies, each);
    for (const { nodeId } of this.peers) await this.cluster.stopMember('kafka', nodeId);
    return run;
  }

  async close(): Promise<void> {
    await Promise.all(this.copies.map((copy) => copy.close()));
  }

  private get home(): NodeCopy {
    return this.copies.find(({ nodeId }) => nodeId === NODE)!;
  }

  private get peers(): readonly NodeCopy[] {
    return this.copies.filter(({ nodeId }) => nodeId !== NODE);
  }

  /** Messages wait in Kafka; no node has entries, or anything else to do. */
  private async fill(origins: readonly NodeCopy[], each: number): Promise<void> {
    for (const { nodeId } of origins) {
      const prepared = prepareMessages(this.accountIds, each);
      await fillTopic(this.cluster.kafkaConnection(nodeId), PAY_IN_TOPIC, prepared);
    }
    await this.untilReplicating();
    for (const copy of this.copies) {
      await forgetEntries(copy.database);
      copy.forget();
    }
  }

  /** From the first batch's transaction, until what the origins' topics hold is theirs, and all of it the takers'. */
  private async run(
    origins: readonly NodeCopy[],
    takers: readonly NodeCopy[],
    each: number,
  ): Promise<Run> {
    const involved = [...new Set([...origins, ...takers])];
    const total = each * origins.length;
    await this.startCoordinators(involved);
    const since = await readClock(this.home.database);
    const before = await Promise.all(origins.map(({ database }) => readOffsets(database)));
    const starting = Promise.all(
      origins.map(({ nodeId }) => this.cluster.startMember('ledger-worker', nodeId)),
    );
    await Promise.all(
      origins.map(({ database }, index) => untilClaimed(database, before[index]!.claims)),
    );
    const spending = await Spending.begin(this.cluster, involved);
    const watch = new LagWatch(
      origins,
      takers,
      before.reduce((sum, one) => sum + one.stored, 0),
    );
    const storedMs = await Promise.all(
      origins.map(({ database }, index) =>
        untilStored(database, before[index]!.stored + each, STORED_POLL_MS),
      ),
    );
    const everywhereMs = await this.untilEverywhere(origins, takers, total);
    const watched = await watch.end();
    const spent = await spending.end(total);
    await this.stopCoordinators(involved);
    const behindIt = await this.workBehind(origins, takers, total);
    await starting;
    const firstMs = await Promise.all(
      origins.map(({ database, nodeId }) => firstEntryMs(database, nodeId, since)),
    );
    for (const { nodeId } of origins) await this.cluster.stopMember('ledger-worker', nodeId);
    await this.assertSame(involved, total);
    const rates = storedMs.map((endMs, index) => (each * 1_000) / (endMs - firstMs[index]!));
    return {
      messages: total,
      homeRate: rates.reduce((sum, one) => sum + one, 0),
      everywhereRate: everywhereMs && (total * 1_000) / (everywhereMs - Math.min(...firstMs)),
      ...watched,
      walBytes: sumOf(spent.walBytes, behindIt.walBytes),
      cpuUs: { ...spent.cpuUs, [BEHIND_IT]: costOf(behindIt) },
      behindRate: this.hasCoordinators ? undefined : behindIt.rate,
    };
  }

  private async startCoordinators(copies: readonly NodeCopy[]): Promise<void> {
    if (!this.hasCoordinators) return;
    await Promise.all(copies.map(({ nodeId }) => this.cluster.startMember('coordinator', nodeId)));
  }

  private async stopCoordinators(copies: readonly NodeCopy[]): Promise<void> {
    if (!this.hasCoordinators) return;
    await Promise.all(copies.map(({ nodeId }) => this.cluster.stopMember('coordinator', nodeId)));
  }

  /** What is done behind the rest counts, too: until every entry is sealed, and a row everywhere. */
  private async workBehind(
    origins: readonly NodeCopy[],
    takers: readonly NodeCopy[],
    entries: number,
  ): Promise<Spent & { rate: number }> {
    const spending = await Spending.begin(this.cluster, [...new Set([...origins, ...takers])]);
    const startedMs = performance.now();
    await Promise.all([
      ...origins.map((origin) => origin.seal()),
      ...takers.map((taker) => taker.unpack()),
    ]);
    const tookMs = performance.now() - startedMs;
    const { cpuUs, walBytes } = await spending.end(entries);
    const ofNodes = Object.fromEntries(
      // The bench does here what a coordinator would.
      Object.entries(cpuUs).map(([what, us]) => [what.replace(THE_BENCH, 'behind it'), us]),
    );
    return { cpuUs: ofNodes, walBytes, rate: (entries * 1_000) / tookMs };
  }

  /** By the number of entries, and by the sum of the origins' parts. @returns when it was asked what says so */
  private async untilEverywhere(
    origins: readonly NodeCopy[],
    takers: readonly NodeCopy[],
    entries: number,
  ): Promise<number | undefined> {
    if (takers.length === 0) return undefined;
    const nodeIds = origins.map(({ nodeId }) => nodeId);
    const own = await Promise.all(origins.map((origin) => origin.sumParts([origin.nodeId])));
    const minor = own.reduce((sum, one) => sum + one, 0n);
    const ended = takers.map(async (taker) => {
      let atMs = Number.NaN;
      let looks = 0;
      await untilSo(`node ${taker.nodeId} to have everything`, async () => {
        atMs = Date.now();
        const count = await taker.countEntries(++looks % ALL_COUNTED_EVERY === 0);
        const isSo = count >= entries && (await taker.sumParts(nodeIds)) === minor;
        return { isSo, progress: String(count) };
      });
      return atMs;
    });
    return Math.max(...(await Promise.all(ended)));
  }

  /** Entries a second from the first look that finds some: what comes before is the way back of a subscription. */
  private async catchUp(peer: NodeCopy, entries: number): Promise<number> {
    let first: { atMs: number; count: number } | undefined;
    let last = { atMs: Number.NaN, count: 0 };
    let looks = 0;
    await untilSo(`node ${peer.nodeId} to catch up`, async () => {
      const atMs = Date.now();
      last = { atMs, count: await peer.countEntries(++looks % ALL_COUNTED_EVERY === 0) };
      if (last.count > 0) first ??= last;
      return { isSo: last.count >= entries, progress: String(last.count) };
    });
    return ((last.count - first!.count) * 1_000) / (last.atMs - first!.atMs);
  }

  /** Every node has a subscription that works to every other one. */
  private async untilReplicating(): Promise<void> {
    const downLooks = new Map<string, number>();
    await untilSo('subscriptions to work', async () => {
      let isSo = true;
      for (const { nodeId, database } of this.copies) {
        for (const peer of await replicationStatus(database)) {
          if (peer.subscription === 'replicating') continue;
          isSo = false;
          const link = `${nodeId} to ${peer.nodeId}`;
          const looks = (downLooks.get(link) ?? 0) + 1;
          downLooks.set(link, looks % DOWN_LOOKS_MAX);
          if (looks === DOWN_LOOKS_MAX) await restartSubscription(database, peer.nodeId);
        }
      }
      return { isSo, progress: '' };
    });
  }

  /** What is printed was measured on copies that are true, to the last entry and balance. */
  private async assertSame(copies: readonly NodeCopy[], entries: number): Promise<void> {
    const described = await Promise.all(copies.map((copy) => copy.describe()));
    const isWhole = described[0]!.startsWith(`${entries} entries, `);
    if (isWhole && described.every((one) => one === described[0])) return;
    throw new Error(`not the same everywhere, or not ${entries}: ${described.join(' | ')}`);
  }
}

async function untilClaimed(database: NodeCopy['database'], claimsBefore: number): Promise<void> {
  await untilSo('a worker to claim partitions', async () => {
    const { claims } = await readOffsets(database);
    return { isSo: claims > claimsBefore, progress: '' };
  });
}

function sumOf(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]),
  );
}
