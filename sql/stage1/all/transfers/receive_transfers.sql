create or replace function billing.receive_transfers(
    in_transfer_ids   uuid[],
    in_account_ids    bigint[],
    in_amounts_minor  bigint[]
)
returns uuid[]
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.receive_transfers(3)
--
--   Second step of transfers, called by the sender as billing_peer: credits each
--   transfer once, however often it comes. Neither a deletion of the account nor
--   its row not having replicated yet stops money that is under way.
--
-- Parameters
--   one element a transfer
-- Returns   the ids that were not credited: known here with another account or
--           amount, or beyond what a balance can hold. All others are credited,
--           now or before
-- Locks     unique keys of transaction_log, then account_balances in account
--           order, as pay-ins take them
-- Writes    transaction_log, account_balances
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    self          integer  := local_node_id();
    full_accounts bigint[] := '{}';
begin
    for try in 1 .. 2 loop
        begin
            with entries as (
                insert into transaction_log (account_id, amount_minor, operation_id, node_id, operation_type)
                select t.account_id, t.amount_minor, t.id, self, 'transfer_in'
                  from unnest(in_transfer_ids, in_account_ids, in_amounts_minor)
                       as t (id, account_id, amount_minor)
                 where t.amount_minor > 0 and t.account_id <> all (full_accounts)
                 order by t.id
                on conflict (operation_id, node_id, operation_type)
                    where operation_type in ('pay_in', 'transfer_in') do nothing
                returning account_id, amount_minor
            )
            insert into account_balances as b (account_id, node_id, balance_minor, income_minor)
            select account_id, self, sum(amount_minor), sum(amount_minor)
              from entries group by account_id order by account_id
            on conflict (account_id, node_id) do update
               set balance_minor = b.balance_minor + excluded.balance_minor,
                   income_minor  = b.income_minor  + excluded.income_minor;
            exit;
        exception when numeric_value_out_of_range then
            full_accounts := accounts_over_limit(in_account_ids, in_amounts_minor);
        end;
    end loop;

    return array(
        select t.id
          from unnest(in_transfer_ids, in_account_ids, in_amounts_minor) as t (id, account_id, amount_minor)
          -- limit keeps it at one look into transaction_log_once for each, whatever the planner
          -- thinks of a log that grows faster than its statistics.
          left join lateral (select l.account_id, l.amount_minor from transaction_log l
                              where l.operation_id = t.id and l.node_id = self
                                and l.operation_type = 'transfer_in'
                              limit 1) known on true
         where (known.account_id, known.amount_minor) is distinct from (t.account_id, t.amount_minor));
end;
$$;
