-- A few rows that are written over each second, in place: pages are cleaned as they are written (HOT), and the plans are
-- the same whatever statistics say. By PostgreSQL's own thresholds each was vacuumed and analyzed every minute, whereupon
-- every session planned anew what reads them (docs/measurements.md). So: about once an hour, and once a day.
-- Looked for first: whoever sends rows of a table is told of each change of it (pipeline_settings.sql).
set role billing_owner;
select format('alter table %s set (%s)', c.oid::regclass, array_to_string(wanted, ', '))
  from pg_class c, (values ('{autovacuum_vacuum_threshold=5000,autovacuum_analyze_threshold=100000}'::text[])) as v (wanted)
 where c.oid = any ('{billing.node_lease,billing.node_heartbeats,billing.node_clocks,billing.audit_runs}'::regclass[])
   and not coalesce(c.reloptions, '{}') @> wanted
\gexec
reset role;
