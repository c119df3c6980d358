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
    batch_id bigint;
begin
    insert into reservations (attempt_id, round, account_id, pay_out_id, coordinator_node_id, amount_minor, state, deadline_at,
                              reference, hold_ends_at)
    values (in_attempt_id, in_round, in_account_id, in_pay_out_id, in_coordinator_node_id, in_amount_minor,
            'reserved', in_deadline_at, in_reference, in_hold_ends_at);
    insert into transaction_log (account_id, amount_minor, operation_id, node_id, operation_type, reference)
    values (in_account_id, -in_amount_minor, in_pay_out_id, local_node_id(), 'reserve', in_reference);
    batch_id := case when is_packed() then currval('batch_id_seq') end;   -- of trg_pack
    update account_balances
       set balance_minor = balance_minor - in_amount_minor, reserved_minor = reserved_minor + in_amount_minor
     where account_id = in_account_id and node_id = local_node_id();
    return batch_id;
end;
$$;
