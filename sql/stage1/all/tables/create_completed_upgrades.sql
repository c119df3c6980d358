-- Versions to which every node and every app was brought, by the word of an operator: apps of the version before are
-- refused from then on (billing.schema_version). Stays at its node.
set role billing_owner;
create table if not exists billing.completed_upgrades (
    version       integer     primary key,
    completed_at  timestamptz not null default now(),
    completed_by  name        not null default session_user
);
reset role;
