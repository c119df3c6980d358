create or replace function billing.pack_entry()
returns trigger
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- trg_pack on transaction_log, where this node sends batches: a batch of one entry. Not of pay-ins and pay-outs: who writes
-- those (credit_pay_ins, pay_out, log_transaction) packs them himself, for a call a row costs more than all the rest. So do those
-- who set amounts aside for holds (open_covered_holds, set_aside).
begin
    if new.operation_type = 'reserve' and get_byte(uuid_send(new.operation_id), 6) = 129 then   -- billing.new_pay_out_id
        return null;
    end if;
    insert into batches (node_id, created_at, operation_type, entry_ids, account_ids, amounts_minor, operation_ids, entry_references)
    values (new.node_id, new.created_at, new.operation_type, array[new.id], array[new.account_id], array[new.amount_minor],
            array[new.operation_id], case when new.reference is not null then array[new.reference] end);
    return null;
end;
$$;
