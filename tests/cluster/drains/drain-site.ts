import type { Cluster, ClusterOptions } from '@billing/cluster';
import { Database, replicationStatus, restartSubscription, type Session } from '@billing/database';
import {
  eventually,
  Ledger,
  startProxiedCluster,
  untilClean,
  type NodeLinks,
} from '@billing/testing';
import { partsAt, type Parts } from '../coordinator/account-parts.js';
import { Drain, type DrainRequest } from './drain.js';
import { recoverOnce } from './drain-recovery.js';

/** Three nodes with a proxy on every link between them, and a spec in the place of coordinators. */
export class DrainSite {
  private readonly sessions = new Map<number, Session>();

  private constructor(
    readonly cluster: Cluster,
    readonly links: NodeLinks,
    readonly ledgers: readonly Ledger[],
    private readonly databases: readonly Database[],
  ) {}

  static async start(options: ClusterOptions = {}): Promise<DrainSite> {
    const { cluster, links } = await startProxiedCluster({
      members: ['postgres'],
      pipeline: true,
      postgres: { fsync: false },
      ...options,
    });
    const ledgers = cluster.nodeIds.map((nodeId) => new Ledger(cluster, nodeId));
    const databases = cluster.nodeIds.map(
      (nodeId) =>
        new Database({
          url: cluster.databaseUrl(nodeId, 'billing_coordinator'),
          password: cluster.secrets.password('billing_coordinator'),
          poolMax: 40,
          applicationName: 'spec as coordinator',
          // Servers are killed here.
          onIdleError: () => undefined,
        }),
    );
    return new DrainSite(cluster, links, ledgers, databases);
  }

  get nodeIds(): number[] {
    return this.cluster.nodeIds;
  }

  ledger(nodeId: number): Ledger {
    return this.ledgers[nodeId - 1]!;
  }

  /** With the rights of a coordinator, no more. */
  database(nodeId: number): Database {
    return this.databases[nodeId - 1]!;
  }

  /** A coordinator's session that keeps its connections to other nodes. */
  async session(nodeId: number): Promise<Session> {
    const known = this.sessions.get(nodeId);
    if (known !== undefined && !known.isLost) return known;
    known?.release(true);
    const session = await this.database(nodeId).connect('spec');
    this.sessions.set(nodeId, session);
    return session;
  }

  /** As a coordinator that dies: its connections go, and what it remembered. */
  dropSession(nodeId: number): void {
    this.sessions.get(nodeId)?.release(true);
    this.sessions.delete(nodeId);
  }

  /** An account in USD with these parts, seen by every node. */
  async account(parts: Parts, name = 'spec'): Promise<bigint> {
    const [id] = await this.accounts([parts], name);
    return id!;
  }

  async accounts(wanted: readonly Parts[], name = 'spec'): Promise<bigint[]> {
    const rows = await this.ledger(1).rows<{ id: bigint }>(
      `/* open */ select public.add_account($1 || ' ' || g) as id from generate_series(1, $2::int) g`,
      [name, wanted.length],
    );
    const ids = rows.map(({ id }) => id);
    await eventually(
      () =>
        Promise.all(
          this.ledgers.map((ledger) =>
            ledger.value<bigint>(
              '/* arrived */ select count(*) from billing.accounts where id = any ($1::bigint[])',
              [ids],
            ),
          ),
        ),
      (counts) => counts.every((count) => count === BigInt(ids.length)),
    );
    for (const nodeId of this.nodeIds) {
      await this.ledger(nodeId).rows(
        `/* deposits */ select public.deposit_balance(d.id, d.minor / 100.0, $3)
           from unnest($1::bigint[], $2::bigint[]) as d (id, minor) where d.minor > 0`,
        [ids, wanted.map((parts) => parts[nodeId] ?? 0n), nodeId],
      );
    }
    await this.untilSeenEverywhere(ids);
    return ids;
  }

  /** Until every node's replicas of these accounts are up to date. */
  async untilSeenEverywhere(ids: readonly bigint[]): Promise<void> {
    const ask = (ledger: Ledger): Promise<{ own: bigint; all: bigint }[]> =>
      ledger.rows(
        `/* seen */ select coalesce(sum(balance_minor), 0)::bigint as all,
                coalesce(sum(balance_minor) filter (where node_id = billing.local_node_id()), 0)::bigint as own
           from billing.account_balances where account_id = any ($1::bigint[])`,
        [ids],
      );
    await eventually(
      async () => (await Promise.all(this.ledgers.map(ask))).flat(),
      (sums) => {
        const total = sums.reduce((sum, { own }) => sum + own, 0n);
        return sums.every(({ all }) => all === total);
      },
    );
  }

  /** What each node has of it itself. */
  async ownParts(accountId: bigint): Promise<Parts> {
    const parts = await Promise.all(
      this.ledgers.map(async (ledger, index) => {
        const nodeId = index + 1;
        return [nodeId, (await partsAt(ledger, accountId.toString()))[nodeId] ?? 0n] as const;
      }),
    );
    return Object.fromEntries(parts);
  }

  drain(request: DrainRequest): Drain {
    return new Drain(this, request);
  }

  /** What coordinators do behind the answers and after failures, until nothing is left to do. */
  async recover(): Promise<void> {
    await Promise.all(this.nodeIds.map((nodeId) => recoverOnce(this, nodeId)));
    await Promise.all(this.ledgers.map(({ database }) => restartDown(database)));
  }

  /** Recovers until all that must hold does. @throws with what does not */
  async untilClean(withinMs = 20_000): Promise<void> {
    const end = performance.now() + withinMs;
    for (;;) {
      try {
        await this.recover();
        await untilClean(this.ledgers, 500);
        return;
      } catch (error) {
        if (performance.now() > end) throw error;
      }
    }
  }

  async destroy(): Promise<void> {
    for (const session of this.sessions.values()) session.release(true);
    await Promise.all([...this.databases, ...this.ledgers].map((one) => one.close()));
    await this.cluster.destroy();
    await this.links.close();
  }
}

/** As the coordinator's watchdog: left alone, pglogical waits long after a link was reset. */
async function restartDown(database: Database): Promise<void> {
  for (const { nodeId, subscription } of await replicationStatus(database)) {
    if (subscription === 'down') await restartSubscription(database, nodeId);
  }
}
