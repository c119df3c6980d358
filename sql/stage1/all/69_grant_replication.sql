-- Whom the watching of replication is for.
set role billing_owner;
grant execute on function billing.replication_status(), billing.restart_subscription(integer) to billing_coordinator;
grant execute on function billing.replication_status() to billing_operator;
-- Asked by whoever did not find something.
grant execute on function billing.list_copies() to billing_gateway, billing_coordinator;
reset role;
