-- Whose an account is, and what hangs on it: schema version 7. Keys are a client's of a tenant. Indexes are made without a
-- lock, before the functions that name them; what they take the place of goes after those (11_create_indexes.sql).
set role billing_owner;
-- A table a statement: a transaction that locks several could meet a live one head on.
select format('alter table billing.%I add column tenant text collate "C" not null default ''default''', name)
  from unnest('{accounts,account_openings,pay_outs,account_acts,parked_pay_ins,dead_letters,dead_letter_acts}'::text[]) name
 where not exists (select from pg_attribute where attrelid = ('billing.' || name)::regclass and attname = 'tenant')
\gexec
select $q$alter table billing.accounts add constraint accounts_tenant_check
          check (tenant ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$') not valid$q$
 where not exists (select from pg_constraint where conrelid = 'billing.accounts'::regclass and conname = 'accounts_tenant_check')
\gexec
-- Apart: it reads all accounts, and keeps nobody from writing.
select 'alter table billing.accounts validate constraint accounts_tenant_check'
 where exists (select from pg_constraint where conname = 'accounts_tenant_check' and not convalidated)
\gexec

-- One whose making was broken off is made anew.
select format('drop index concurrently billing.%I', c.relname)
  from pg_index i join pg_class c on c.oid = i.indexrelid
 where not i.indisvalid and c.relnamespace = 'billing'::regnamespace
   and c.relname in ('account_openings_once', 'account_acts_once')
\gexec
-- Of pay_outs: keep_keys.sql.
select format('create unique index concurrently %I on billing.%I (tenant, client_id, idempotency_key)', name || '_once', name)
  from unnest('{account_openings,account_acts}'::text[]) name
 where to_regclass('billing.' || name || '_once') is null
\gexec
reset role;
