-- What the gateway reads for operators, beside what metrics read (68_grant_metrics.sql): links to the
-- other nodes, drains that have not ended and what the auditor found, as the console shows them.
set role billing_owner;
grant execute on function
    billing.replication_status(),
    billing.list_drains_in_doubt(),
    billing.list_breakers(),
    billing.list_node_clocks(),
    billing.list_replication_slots(),
    billing.list_audit_faults(boolean, integer),
    billing.list_audit_runs()
to billing_gateway;
reset role;
