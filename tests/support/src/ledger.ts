import { Database } from '@billing/database';
import type { Cluster } from '@billing/cluster';

/** One node's database as its superuser sees it, with the questions that specs ask. */
export class Ledger {
  readonly database: Database;

  constructor(cluster: Cluster, nodeId: number) {
    this.database = new Database({
      url: cluster.databaseUrl(nodeId),
      password: cluster.secrets.password(cluster.topology.superuser),
      poolMax: 3,
      applicationName: 'spec',
    });
  }

  close(): Promise<void> {
    return this.database.close();
  }

  async value<T>(text: string, values: readonly unknown[] = []): Promise<T> {
    const [row] = await this.database.query<Record<string, T>>(text.slice(0, 60), text, values);
    return Object.values(row ?? {})[0] as T;
  }

  rows<T extends Record<string, unknown>>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<T[]> {
    return this.database.query<T>(text.slice(0, 60), text, values);
  }

  /** Past every guard, as somebody with the superuser's password might. One transaction. */
  async force(statements: string): Promise<void> {
    const session = await this.database.connect('force');
    try {
      await session.query('role', 'set session_replication_role = replica');
      await session.query('force', statements);
    } finally {
      session.release(true);
    }
  }

  /** New accounts in USD with nothing on them. */
  async openAccounts(count: number, tenant = 'default'): Promise<bigint[]> {
    const rows = await this.rows<{ id: bigint }>(
      "select billing.create_account('spec ' || g, 'USD', $2) as id from generate_series(1, $1::int) g",
      [count, tenant],
    );
    return rows.map(({ id }) => id);
  }

  /** Local balances in minor units of the accounts that have a row here. */
  async localBalances(accountIds: readonly bigint[]): Promise<Map<bigint, bigint>> {
    const rows = await this.rows<{ account_id: bigint; balance_minor: bigint }>(
      `select account_id, balance_minor from billing.account_balances
        where node_id = billing.local_node_id() and account_id = any ($1::bigint[])`,
      [accountIds.map(String)],
    );
    return new Map(rows.map((row) => [row.account_id, row.balance_minor]));
  }

  payInCount(): Promise<bigint> {
    return this.value("select count(*) from billing.entries where operation_type = 'pay_in'");
  }

  /** Accounts whose balance is not the sum of their entries: none, ever. */
  unbalanced(): Promise<bigint> {
    return this.value(`
      select count(*) from billing.account_balances b
       where b.node_id = billing.local_node_id()
         and b.balance_minor <> (select coalesce(sum(l.amount_minor), 0) from billing.transaction_log l
                                  where l.account_id = b.account_id and l.node_id = b.node_id)`);
  }
}
