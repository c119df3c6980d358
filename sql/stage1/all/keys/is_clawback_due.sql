create or replace function billing.is_clawback_due(in_clawback billing.clawbacks)
returns boolean
language sql
stable
as $$
-- Internal: whether it is worth while to try an open clawback: there is money, or a pay-out of it was sent and is not counted.
    select in_clawback.tried_at < clock_timestamp() - billing.clawback_again_after()
           and (in_clawback.sent_at is not null
                or billing.minor_in_reach(in_clawback.account_id) > 0
                   and not (select a.is_deleted from billing.accounts a where a.id = in_clawback.account_id));
$$;

create or replace function billing.minor_in_reach(in_account_id bigint)
returns numeric
language sql
stable
as $$
-- Internal: what an account has at nodes that answer, as far as is known here.
    select billing.minor_elsewhere(in_account_id)
           + coalesce((select b.balance_minor from billing.account_balances b
                        where b.account_id = in_account_id and b.node_id = billing.local_node_id()), 0);
$$;

create or replace function billing.clawback_again_after()
returns interval
language sql
immutable
as $$
-- Internal: how long a clawback that was tried without success waits. No settings, so that it is inlined.
    select interval '10 seconds'
$$;
