create or replace function billing.pack_part()
returns trigger
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- trg_pack_insert, trg_pack_update on account_balances, where this node sends batches: a batch of one part. Not of a change
-- that names its batch (account_balances.batch_id): whoever made it packs it.
begin
    insert into batches (node_id, part_account_ids, balances_minor, incomes_minor, reserved_minor, held_minor)
    values (new.node_id, array[new.account_id], array[new.balance_minor], array[new.income_minor], array[new.reserved_minor],
            case when new.held_minor > 0 then array[new.held_minor] end);
    return null;
end;
$$;
