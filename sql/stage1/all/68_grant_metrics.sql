-- Who shows which figures of the database: the gateway what pay-ins wait for, so that it is seen while
-- workers are away; the coordinator what lies between nodes.
set role billing_owner;
grant execute on function
    billing.list_consumer_offsets(text),
    billing.count_parked_pay_ins(),
    billing.count_dead_letters(),
    billing.count_uncopied_dead_letters()
to billing_gateway;
grant execute on function
    billing.list_drains_in_doubt(),
    billing.list_breakers(),
    billing.list_node_clocks(),
    billing.list_replication_slots()
to billing_coordinator;
-- Whoever waits must be able to say for whom.
grant execute on function billing.list_lock_holders(interval)
to billing_coordinator, billing_ledger_worker, billing_operator;
grant execute on function
    billing.count_parked_pay_ins(),
    billing.count_dead_letters(),
    billing.count_uncopied_dead_letters(),
    billing.list_drains_in_doubt(),
    billing.list_breakers(),
    billing.list_node_clocks(),
    billing.list_replication_slots()
to billing_operator;
reset role;
