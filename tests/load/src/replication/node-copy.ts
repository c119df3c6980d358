import type { Cluster } from '@billing/cluster';
import { sealBatches, unpackBatches, type Database } from '@billing/database';
import { openDatabase } from '../bench-cluster.js';

/** So many pages at the end of the log may get entries still; what stands before is counted once. */
const OPEN_PAGES = 64;
/** As a coordinator does. */
const UNPACKED_AT_ONCE = 2_000;
const SEALED_AT_ONCE = 20_000;
const KEYS_KEPT_MS = 30 * 86_400_000;

const PACKED = '(select coalesce(sum(entry_count), 0) from billing.arrived_batches)';

/** What one node has of everybody's entries and balances: counted while they arrive, compared when they have. */
export class NodeCopy {
  readonly database: Database;
  /** What clones of before have not. */
  private has: { batches: boolean; seals: boolean } | undefined;
  private counted = { pages: 0, entries: 0 };

  constructor(
    cluster: Cluster,
    readonly nodeId: number,
  ) {
    this.database = openDatabase(cluster, nodeId, 2);
  }

  /** The log was emptied. */
  forget(): void {
    this.counted = { pages: 0, entries: 0 };
  }

  /**
   * Entries that are here, by whoever. Cheap, as it goes on where it was; so it may miss some that came late to an
   * early page, unless all are counted `anew`.
   */
  async countEntries(anew = false): Promise<number> {
    if (anew) this.forget();
    // Two may count at once.
    const from = this.counted;
    const [size] = await this.database.query<{ pages: number }>(
      'pages',
      `select (pg_relation_size('billing.transaction_log') / current_setting('block_size')::int)::int as pages`,
    );
    const settled = Math.max(from.pages, size!.pages - OPEN_PAGES);
    const [row] = await this.database.query<{ all: string; settled: string }>(
      'count entries',
      `select (count(*) + ${(await this.arrivesPacked()) ? PACKED : '0'})::text as all,
              (count(*) filter (where ctid < $2::text::tid))::text as settled
         from billing.transaction_log where ctid >= $1::text::tid`,
      [`(${from.pages},0)`, `(${settled},0)`],
    );
    this.counted = { pages: settled, entries: from.entries + Number(row!.settled) };
    return from.entries + Number(row!.all);
  }

  /** Of the parts of some nodes, in minor units. */
  async sumParts(nodeIds: readonly number[]): Promise<bigint> {
    const [row] = await this.database.query<{ sum: string }>(
      'sum parts',
      `select coalesce(sum(balance_minor), 0)::text as sum
         from billing.account_balances where node_id = any ($1::int[])`,
      [nodeIds],
    );
    return BigInt(row!.sum);
  }

  async countParts(): Promise<number> {
    const [row] = await this.database.query<{ count: bigint }>(
      'count parts',
      'select count(*) from billing.account_balances',
    );
    return Number(row!.count);
  }

  /** The same text at two nodes: count and sum of every account's entries, and every balance, are the same. */
  async describe(): Promise<string> {
    const table = (await this.arrivesPacked()) ? 'entries' : 'transaction_log';
    const [entries] = await this.database.query<{ text: string }>(
      'describe entries',
      `select format('%s entries, %s of all accounts', coalesce(sum(n), 0),
                     sum(hashtextextended(format('%s %s %s %s', account_id, node_id, n, minor), 0)::numeric)) as text
         from (select account_id, node_id, count(*) as n, sum(amount_minor) as minor
                 from billing.${table} group by account_id, node_id) per_part`,
    );
    const [parts] = await this.database.query<{ text: string }>(
      'describe parts',
      `select format('%s parts, %s of all balances', count(*),
                     sum(hashtextextended(format('%s %s %s %s', account_id, node_id, balance_minor, income_minor), 0)::numeric))
              as text
         from billing.account_balances`,
    );
    return `${entries!.text}; ${parts!.text}`;
  }

  /** Makes what has arrived packed rows of the log, as its coordinator does behind the rest. */
  async unpack(): Promise<void> {
    if (!(await this.arrivesPacked())) return;
    while ((await unpackBatches(this.database, UNPACKED_AT_ONCE, KEYS_KEPT_MS)).unpacked > 0);
  }

  /** Seals what it has written, as its coordinator does behind the rest. */
  async seal(): Promise<void> {
    if (!(await this.knows()).seals) return;
    while ((await sealBatches(this.database, SEALED_AT_ONCE, KEYS_KEPT_MS)).sealed > 0);
  }

  async arrivesPacked(): Promise<boolean> {
    return (await this.knows()).batches;
  }

  private async knows(): Promise<{ batches: boolean; seals: boolean }> {
    if (this.has === undefined) {
      const [row] = await this.database.query<{ batches: boolean; seals: boolean }>(
        'what it has',
        `select to_regclass('billing.arrived_batches') is not null as batches,
                to_regprocedure('billing.seal_batches(integer)') is not null as seals`,
      );
      this.has = row!;
    }
    return this.has;
  }

  /** When other nodes were alive, as far as is known here. */
  async lastBeats(): Promise<ReadonlyMap<number, Date>> {
    const rows = await this.database.query<{ node_id: number; beat_at: Date }>(
      'last beats',
      'select node_id, beat_at from billing.node_heartbeats',
    );
    return new Map(rows.map((row) => [row.node_id, row.beat_at]));
  }

  async walPosition(): Promise<bigint> {
    const [row] = await this.database.query<{ bytes: string }>(
      'wal',
      "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as bytes",
    );
    return BigInt(row!.bytes);
  }

  close(): Promise<void> {
    return this.database.close();
  }
}
