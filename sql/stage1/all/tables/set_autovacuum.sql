-- A few rows that are written over each second, in place: pages are cleaned as they are written (HOT), and the plans are
-- the same whatever statistics say. By PostgreSQL's own thresholds each was vacuumed and analyzed every minute, whereupon
-- every session planned anew what reads them (docs/measurements.md). So: about once an hour, and once a day.
set role billing_owner;
alter table billing.node_lease set (autovacuum_vacuum_threshold = 5000, autovacuum_analyze_threshold = 100000);
alter table billing.node_heartbeats set (autovacuum_vacuum_threshold = 5000, autovacuum_analyze_threshold = 100000);
alter table billing.node_clocks set (autovacuum_vacuum_threshold = 5000, autovacuum_analyze_threshold = 100000);
alter table billing.audit_runs set (autovacuum_vacuum_threshold = 5000, autovacuum_analyze_threshold = 100000);
reset role;
