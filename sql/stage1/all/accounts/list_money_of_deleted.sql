create or replace function billing.list_money_of_deleted(in_limit integer, in_tenants text[] default '{default}')
returns table (account_id bigint, currency text, balance_minor bigint, total bigint)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_money_of_deleted(2)
--
--   Deleted accounts that have money in this node's part: left there by force, or
--   arrived before the deletion did. billing.correct_balance takes it out.
--
-- Returns   at most in_limit rows in order of account id; total, the same in each, is how many there are
-- ---------------------------------------------------------------------------
    select a.id, a.currency::text, b.balance_minor, count(*) over ()
      from accounts a
      join account_balances b on b.account_id = a.id and b.node_id = local_node_id()
     where a.is_deleted and b.balance_minor > 0 and (in_tenants is null or a.tenant = any (in_tenants))
     order by a.id
     limit in_limit;
$$;
