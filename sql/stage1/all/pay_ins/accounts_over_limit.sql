create or replace function billing.accounts_over_limit(in_account_ids bigint[], in_amounts_minor bigint[])
returns bigint[]
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: accounts of a batch whose local balance or income would leave bigint.
    select coalesce(array_agg(m.account_id), '{}')
      from (select account_id, sum(amount_minor::numeric) as amount_minor
              from unnest(in_account_ids, in_amounts_minor) as u (account_id, amount_minor)
             where account_id is not null
             group by account_id) m
      left join account_balances b on b.account_id = m.account_id and b.node_id = local_node_id()
     where greatest(coalesce(b.balance_minor, 0), coalesce(b.income_minor, 0)) + m.amount_minor
           > minor_max();
$$;
