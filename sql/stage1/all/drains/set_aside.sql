create or replace function billing.set_aside(
    in_attempt_id           uuid,
    in_round                integer,
    in_account_id           bigint,
    in_pay_out_id           uuid,
    in_coordinator_node_id  integer,
    in_amount_minor         bigint,
    in_deadline_at          timestamptz,
    in_reference            text,
    in_hold_ends_at         timestamptz default null
)
returns bigint
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: makes a reservation of this node's part, whose row the caller has locked: reservation,
-- entry and balance together. The batch that tells of the entry; null: this node sends none.
declare
    entry    transaction_log;
    batch_id bigint;
begin
    insert into reservations (attempt_id, round, account_id, pay_out_id, coordinator_node_id, amount_minor, state, deadline_at,
                              reference, hold_ends_at)
    values (in_attempt_id, in_round, in_account_id, in_pay_out_id, in_coordinator_node_id, in_amount_minor,
            'reserved', in_deadline_at, in_reference, in_hold_ends_at);
    insert into transaction_log (account_id, amount_minor, operation_id, node_id, operation_type, reference)
    values (in_account_id, -in_amount_minor, in_pay_out_id, local_node_id(), 'reserve', in_reference)
    returning * into entry;
    if get_byte(uuid_send(in_pay_out_id), 6) = 129 then   -- a hold (billing.new_pay_out_id)
        insert into batches (node_id, created_at, operation_type, entry_ids, account_ids, amounts_minor, operation_ids, entry_references)
        select entry.node_id, entry.created_at, 'reserve', array[entry.id], array[entry.account_id], array[entry.amount_minor],
               array[entry.operation_id], case when entry.reference is not null then array[entry.reference] end
         where is_packed()
        returning id into batch_id;
    else
        batch_id := case when is_packed() then currval('batch_id_seq') end;   -- of trg_pack
    end if;
    update account_balances
       set balance_minor = balance_minor - in_amount_minor, reserved_minor = reserved_minor + in_amount_minor
     where account_id = in_account_id and node_id = local_node_id();
    return batch_id;
end;
$$;
