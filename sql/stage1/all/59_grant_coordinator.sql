-- What the coordinator may call here, and what a peer's coordinator may call over dblink.
-- Functions of 40 to 58 that are not named are internal. (Their default, no execute for PUBLIC,
-- is set in 00a_create_roles.sql.)
set role billing_owner;
grant execute on function
    billing.open_account(text, text, bytea, text, text, bigint),
    billing.delete_account(bigint, integer),
    billing.list_services(),
    billing.probe_node(integer, integer),
    billing.begin_transfers(integer, integer),
    billing.deliver_transfers(integer, integer, integer),
    billing.mark_transfers_delivered(uuid[], uuid[]),
    billing.count_open_transfers(),
    billing.beat(),
    billing.add_missing_balance_rows(integer),
    billing.sweep_missing_balance_rows(bigint, integer)
to billing_coordinator;

grant execute on function billing.list_services() to billing_gateway;

-- The gateway reads the catalogue with the same function (the rest of its reads: 39_grant_gateway.sql).
grant execute on function billing.list_services() to billing_gateway;

grant execute on function
    billing.receive_transfers(uuid[], bigint[], bigint[])
to billing_peer;
reset role;
