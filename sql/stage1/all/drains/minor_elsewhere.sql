create or replace function billing.minor_elsewhere(in_account_id bigint)
returns numeric
language sql
stable
as $$
-- Internal: what an account has at other nodes that answer, as far as is known here.
    select coalesce(sum(b.balance_minor), 0) from billing.account_balances b
     where b.account_id = in_account_id and b.node_id <> billing.local_node_id()
       and not exists (select from billing.node_breakers k where k.node_id = b.node_id and k.open_until > clock_timestamp());
$$;
