import type { RunningDatacenter, RunningCluster } from '@billing/cluster';
import { PAY_IN_TOPIC } from '@billing/contracts';
import {
  countEntries,
  countParkedPayIns,
  Database,
  DatabaseError,
  findDeadLetters,
  findParkedPayIns,
  listConsumerOffsets,
  type EntryCount,
  type Letter,
} from '@billing/database';
import { untilDone } from './retry.js';

const role = 'billing_operator';
const lettersMax = 20;
const parkedMax = 10_000;

/** What one node knows of some accounts' entries, by the node that wrote them. */
export interface SeenEntries {
  readonly payIns: readonly EntryCount[];
  /** Of every type. */
  readonly all: readonly EntryCount[];
}

/** What one node's database knows, as an operator may read it. Counts only: balances come from gateways. */
export class LedgerView {
  private readonly database: Database;

  constructor(
    cluster: RunningCluster,
    readonly datacenter: RunningDatacenter,
  ) {
    this.database = new Database({
      url: cluster.databaseUrl(datacenter, role),
      passwordFile: cluster.passwordFile(role),
      poolMax: 2,
      applicationName: 'billing-demo',
    });
  }

  /** Pay-ins credited to these accounts, as far as this node knows, by account and node. */
  countPayIns(accountIds: readonly string[]): Promise<EntryCount[]> {
    return countEntries(this.database, accountIds, 'pay_in');
  }

  /** The accounts' entries as far as this node knows them. */
  async readEntries(accountIds: readonly string[]): Promise<SeenEntries> {
    const payIns = await this.countPayIns(accountIds);
    return { payIns, all: await countEntries(this.database, accountIds, undefined) };
  }

  /** The same, asked until there is an answer. */
  readEntriesSurely(accountIds: readonly string[]): Promise<SeenEntries> {
    return this.surely('counting entries', () => this.readEntries(accountIds));
  }

  /** Messages between what the ledger worker has stored and the ends of the log. */
  async countWaiting(logEnds: ReadonlyMap<number, bigint>): Promise<number> {
    const stored = await listConsumerOffsets(this.database, PAY_IN_TOPIC);
    const next = new Map(stored.map(({ partition, nextOffset }) => [partition, nextOffset]));
    let waiting = 0n;
    for (const [partition, end] of logEnds) {
      const behind = end - (next.get(partition) ?? 0n);
      if (behind > 0n) waiting += behind;
    }
    return Number(waiting);
  }

  async countParked(): Promise<number> {
    return (await countParkedPayIns(this.database)).parked;
  }

  /** Of these accounts only: others may wait for an account that never comes. */
  async countParkedOf(accountIds: ReadonlySet<string>): Promise<number> {
    const parked = await findParkedPayIns(this.database, { limit: parkedMax, tenants: 'all' });
    return parked.filter(({ accountId }) => accountIds.has(String(accountId))).length;
  }

  /** Dead letters of these accounts, some of them. */
  async findDeadLetters(accountIds: ReadonlySet<string>): Promise<Letter[]> {
    const letters = await this.surely('reading dead letters', () =>
      findDeadLetters(this.database, { limit: 1_000, tenants: 'all' }),
    );
    return letters
      .filter(({ accountId }) => accountIds.has(String(accountId)))
      .slice(0, lettersMax);
  }

  close(): Promise<void> {
    return this.database.close();
  }

  /** Asks until there is an answer. @throws DemoError GAVE_UP */
  surely<T>(what: string, ask: () => Promise<T>): Promise<T> {
    return untilDone({ what: `${what} at ${this.datacenter.name}`, isRetryable: isOutage }, ask);
  }
}

export function isOutage(error: unknown): boolean {
  return error instanceof DatabaseError && error.retryable;
}
