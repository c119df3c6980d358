-- What the gateway reads for operators, beside what metrics read (68_grant_metrics.sql): links to the
-- other nodes, drains that have not ended what the auditor found and what deleted accounts
-- have left, as the console shows them.
set role billing_owner;
grant execute on function
    billing.replication_status(),
    billing.list_drains_in_doubt(),
    billing.list_breakers(),
    billing.list_node_clocks(),
    billing.list_replication_slots(),
    billing.list_audit_faults(boolean, integer),
    billing.list_audit_runs(),
    billing.list_money_of_deleted(integer)
to billing_gateway;
reset role;
