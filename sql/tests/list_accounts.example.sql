-- Accounts listed by prefix, state, time and currency, a page at a time (billing.list_accounts).
insert into billing.accounts (id, username, currency, tenant, created_at, debits_frozen, credits_frozen, is_deleted)
select 1 + 64 * n, u.username, u.currency, u.tenant, timestamptz '2026-01-01 00:00Z' + n * interval '1 hour', u.debits, u.credits, u.deleted
  from (values (1, 'ada', 'USD', 'default', false, false, false), (2, 'ada lovelace', 'USD', 'default', true, false, false),
               (3, 'Ada', 'EUR', 'default', false, false, false), (4, 'adam', 'USD', 'default', false, false, true),
               (5, 'a%', 'USD', 'default', false, true, false), (6, 'ada', 'USD', 'other', false, false, false),
               (7, 'zoë', 'USD', 'default', false, false, false), (8, 'ada', 'USD', 'default', false, false, false))
       as u (n, username, currency, tenant, debits, credits, deleted);
create function pg_temp.found(in_search jsonb, in_limit integer default 10, in_after bigint default null, in_tenants text[] default '{default}')
returns text language sql as $$
    select string_agg(a.username || ' ' || (a.id / 64), ', ' order by a.i)
      from rows from (billing.list_accounts(in_search, in_after, in_limit, in_tenants))
           with ordinality as a (id, username, currency, is_deleted, created_at, tenant, debits_frozen, credits_frozen, i)
$$;
select pg_temp.found('{}');
select pg_temp.found('{"prefix": "ada"}');
select pg_temp.found('{"username": "ada"}');
select pg_temp.found('{"prefix": "a%"}');
select pg_temp.found('{"prefix": "zoë"}');
select pg_temp.found('{"prefix": "ada", "state": "frozen"}');
select pg_temp.found('{"state": "frozen"}');
select pg_temp.found('{"state": "deleted"}');
select pg_temp.found('{"state": "open"}');
select pg_temp.found('{"currency": "EUR"}');
select pg_temp.found('{"created_from": "2026-01-01T03:00:00Z", "created_to": "2026-01-01T05:00:00Z"}');
-- Pages.
select pg_temp.found('{}', 3);
select pg_temp.found('{}', 3, 1 + 64 * 3);
select pg_temp.found('{"prefix": "ada"}', 2);
select pg_temp.found('{"prefix": "ada"}', 2, 1 + 64 * 8);
select pg_temp.found('{"prefix": "ada"}', 2, 1 + 64 * 99);
-- Of several tenants, of all.
select pg_temp.found('{"prefix": "ada"}', 3, null, '{default,other}');
select pg_temp.found('{}', 10, null, null);
select pg_temp.found('{}', 10, null, '{}');
