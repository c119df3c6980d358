create or replace function billing.take_batch()
returns trigger
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.take_batch()
--
--   trg_take_batch on batches, under apply only: what another node's batch means
--   here. Its parts are written over the copies of them, in account order; its
--   entries are kept packed. It must never fail: that would stop replication.
--   What a first copy brings (billing_copier) is left out: the tables that it tells
--   of come in the same snapshot. BEFORE: see billing.note_arrived_account.
--
-- Locks     rows of account_balances, in account order
-- Writes    account_balances, arrived_batches; never batches
-- ---------------------------------------------------------------------------
begin
    if session_user = 'billing_copier' then
        return null;
    end if;
    if new.part_account_ids is not null then
        insert into account_balances (account_id, node_id, balance_minor, income_minor, reserved_minor)
        select p.account_id, new.node_id, p.balance_minor, p.income_minor, p.reserved_minor
          from unnest(new.part_account_ids, new.balances_minor, new.incomes_minor, new.reserved_minor)
               as p (account_id, balance_minor, income_minor, reserved_minor)
         order by p.account_id
        on conflict (account_id, node_id) do update
           set balance_minor  = excluded.balance_minor,
               income_minor   = excluded.income_minor,
               reserved_minor = excluded.reserved_minor;
    end if;
    if new.entry_ids is not null then
        insert into arrived_batches (id, node_id, created_at, operation_type, entry_count, entry_ids, account_ids,
                                     amounts_minor, operation_ids, entry_references)
        values (new.id, new.node_id, new.created_at, new.operation_type, cardinality(new.entry_ids), new.entry_ids,
                new.account_ids, new.amounts_minor, new.operation_ids, new.entry_references)
        -- A node that came back from an older copy gives numbers anew.
        on conflict (node_id, id) do update
           set created_at = excluded.created_at, operation_type = excluded.operation_type, entry_count = excluded.entry_count,
               entry_ids = excluded.entry_ids, account_ids = excluded.account_ids, amounts_minor = excluded.amounts_minor,
               operation_ids = excluded.operation_ids, entry_references = excluded.entry_references;
    end if;
    return null;
end;
$$;
