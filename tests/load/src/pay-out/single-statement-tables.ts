import type { Database } from '@billing/database';

/**
 * What such a service wants: a balance, a log of what changed it, keys. In the database of the node that is measured, so
 * that both share its server, settings and disk.
 */
const tables = `do $$ begin
  create schema single;
  create table single.accounts (
    id            bigint      primary key,
    currency      char(3)     not null,
    is_deleted    boolean     not null default false,
    balance_minor bigint      not null check (balance_minor >= 0)
  ) with (fillfactor = 70);
  create table single.entries (
    id            bigint generated always as identity primary key,
    account_id    bigint      not null references single.accounts (id),
    amount_minor  bigint      not null,
    pay_out_id    uuid        not null,
    reference     text,
    created_at    timestamptz not null default now()
  );
  create index on single.entries (account_id, created_at);
  create table single.idempotency_keys (
    client_id     text        not null,
    key           text        not null,
    fingerprint   bytea       not null,
    pay_out_id    uuid        not null,
    created_at    timestamptz not null default now(),
    primary key (client_id, key)
  );
  end $$`;

/** Makes the service's tables, with the accounts given. */
export async function createSingleStatementTables(
  database: Database,
  accountIds: readonly string[],
  balanceMinor: bigint,
): Promise<void> {
  await database.query('tables of the baseline', tables);
  await database.query(
    'accounts of the baseline',
    `insert into single.accounts (id, currency, balance_minor)
     select id, 'USD', $2 from unnest($1::bigint[]) as a (id)`,
    [accountIds, balanceMinor],
  );
  await database.query('analyze the baseline', 'analyze single.accounts');
}
