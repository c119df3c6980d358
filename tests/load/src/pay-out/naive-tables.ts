import type { Database } from '@billing/database';

/**
 * What most services would have: a balance, a log of what changed it, a table of idempotency keys.
 * In the database of the node that is measured, so that both share its server, settings and disk.
 */
const tables = `do $$ begin
  create schema naive;
  create table naive.accounts (
    id            bigint      primary key,
    currency      char(3)     not null,
    is_deleted    boolean     not null default false,
    balance_minor bigint      not null check (balance_minor >= 0)
  ) with (fillfactor = 70);
  create table naive.entries (
    id            bigint generated always as identity primary key,
    account_id    bigint      not null references naive.accounts (id),
    amount_minor  bigint      not null,
    pay_out_id    uuid        not null,
    reference     text,
    created_at    timestamptz not null default now()
  );
  create index on naive.entries (account_id, created_at);
  create table naive.idempotency_keys (
    client_id     text        not null,
    key           text        not null,
    fingerprint   bytea       not null,
    answer        jsonb       not null,
    created_at    timestamptz not null default now(),
    primary key (client_id, key)
  );
  end $$`;

/** Makes the naive service's tables, with the accounts given. */
export async function createNaiveTables(
  database: Database,
  accountIds: readonly string[],
  balanceMinor: bigint,
): Promise<void> {
  await database.query('naive tables', tables);
  await database.query(
    'naive accounts',
    `insert into naive.accounts (id, currency, balance_minor)
     select id, 'USD', $2 from unnest($1::bigint[]) as a (id)`,
    [accountIds, balanceMinor],
  );
  await database.query('naive analyze', 'analyze naive.accounts');
}
