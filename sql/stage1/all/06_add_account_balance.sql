create or replace function public.add_account_balance(
    account_id     bigint,
    total_balance  numeric,
    local_node_id  int
)
returns void
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- add_account_balance(3)
--
--   billing.open_with_balance for people with psql, in major units. The shares
--   of the other nodes are planned when it returns; the coordinator sends them
--   after the commit, or send_transfers. Who did it is kept in account_acts.
--
-- Parameters
--   local_node_id  this node
-- Raises    GB001 bad amount   GB002, GB003 account not found, deleted
--           GB004 another node GB011 opened before   GB014 beyond bigint
-- ---------------------------------------------------------------------------
#variable_conflict use_column
declare
    account  accounts;
    planned  record;
begin
    perform require_local_node(add_account_balance.local_node_id);
    account := open_account_row(add_account_balance.account_id);
    perform open_with_balance(account.id, to_minor(total_balance, account.currency));
    insert into account_acts (id, account_id, tenant, act, client_id, address, amount_minor, before, after)
    values (gen_random_uuid(), account.id, account.tenant, 'open', 'psql ' || session_user, inet_client_addr(),
            to_minor(total_balance, account.currency), describe_balance(0, account.currency),
            describe_balance(to_minor(total_balance, account.currency), account.currency));
    select count(*) as shares, coalesce(sum(t.amount_minor), 0) as amount_minor into planned
      from transfers t where t.account_id = account.id and t.state = 'planned';
    raise notice 'Account % opened with % %: % here, % on its way to % other node(s)', account.id,
        to_major(to_minor(total_balance, account.currency), account.currency), account.currency,
        to_major(to_minor(total_balance, account.currency) - planned.amount_minor, account.currency),
        to_major(planned.amount_minor, account.currency), planned.shares;
end;
$$;
