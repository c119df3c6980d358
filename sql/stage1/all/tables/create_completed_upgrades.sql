-- Versions to which every node and every app was brought, by the word of an operator: apps of the version before are
-- refused from then on (billing.schema_version). Stays at its node.
set role billing_owner;
select to_regclass('billing.completed_upgrades') is null as is_new \gset
create table if not exists billing.completed_upgrades (
    version       integer     primary key,
    completed_at  timestamptz not null default now(),
    completed_by  name        not null default session_user
);
-- 0: set up anew, so that there is no version before to wait for: stage 2 makes it the newest.
\if :is_new
insert into billing.completed_upgrades (version) values (0);
\endif
reset role;
