-- What the coordinator may call here, and what a peer's coordinator may call over dblink.
-- Functions of 40 to 58 that are not named are internal. (Their default, no execute for PUBLIC,
-- is set in 00a_create_roles.sql.)
set role billing_owner;
grant execute on function
    billing.open_account(text, text, bytea, text, text, bigint),
    billing.delete_account(bigint, text, integer, boolean, text),
    billing.delete_account(bigint, integer),
    billing.correct_balance(text, text, bytea, bigint, bigint, text, text),
    billing.list_money_of_deleted(integer),
    billing.list_services(),
    billing.probe_node(integer, integer),
    billing.begin_transfers(integer, integer),
    billing.deliver_transfers(integer, integer, integer),
    billing.mark_transfers_delivered(uuid[], uuid[]),
    billing.count_open_transfers(),
    billing.beat(),
    billing.hold_node(text, bigint, integer),
    billing.add_missing_balance_rows(integer),
    billing.sweep_missing_balance_rows(bigint, integer),
    billing.pay_out(text[], text[], bytea[], bigint[], bigint[], text[], boolean[], integer[], text[], text[],
                    integer[], bytea[]),
    billing.begin_attempt(uuid),
    billing.reserve(jsonb),
    billing.reserve_at_nodes(jsonb, integer),
    billing.decide_drain(uuid, jsonb, integer[], boolean),
    billing.get_pay_out(uuid, integer),
    billing.preview_pay_out(bigint, bigint, text, boolean),
    billing.tell_decisions(integer, integer, integer),
    billing.mark_told(integer, uuid[]),
    billing.list_late_attempts(integer),
    billing.reject_late_pay_outs(integer),
    billing.close_by_replicas(integer),
    billing.ask_decisions(integer, integer, integer),
    billing.close_reservations(jsonb),
    billing.forget_pay_outs(interval, integer)
to billing_coordinator;

-- The gateway reads the catalogue with the same function (the rest of its reads: 39_grant_gateway.sql).
grant execute on function billing.list_services() to billing_gateway;

grant execute on function
    billing.receive_transfers(uuid[], bigint[], bigint[]),
    billing.part_of_account(bigint),
    billing.reserve_within(jsonb, integer),
    billing.close_reservations(jsonb),
    billing.drain_decisions_of(uuid[], integer),
    billing.describe_pay_out(uuid)
to billing_peer;

-- Of schema version 4, kept until here: its calls may be under way while this is applied.
drop function if exists billing.judge_known(billing.pay_outs, bytea);
drop function if exists billing.set_aside(uuid, integer, bigint, uuid, integer, bigint, timestamptz);
reset role;
