-- What the auditor keeps, at its node alone: nothing here is replicated. docs/audit.md tells the rest.
set role billing_owner;
set search_path = billing, pg_temp;

-- One thing that is not as it must be. Open while resolved_at is null; found again later: open anew.
create table if not exists billing.audit_faults (
    check_name      text        not null,   -- which rule is broken
    node_id         integer     not null,   -- where it is broken
    account_id      bigint      not null,   -- 0: it is about no account
    subject         text        not null,   -- pay-out, transfer, attempt, partition, ...; '' for the part itself
    expected_minor  numeric     not null,
    found_minor     numeric     not null,
    detail          text        not null,
    walk            text        not null,   -- who saw it last
    first_seen_at   timestamptz not null default clock_timestamp(),
    last_seen_at    timestamptz not null default clock_timestamp(),
    resolved_at     timestamptz,
    primary key (check_name, node_id, account_id, subject)
);

-- How far each walk of the auditor is: the pass under way, and the last one that saw everything.
create table if not exists billing.audit_runs (
    walk          text        primary key,
    began_at      timestamptz not null,   -- of the pass under way, or of the last one
    stepped_at    timestamptz not null,
    completed_at  timestamptz,            -- of the last pass that left nothing out
    status        text        not null,   -- of the last step; unreachable, behind: something was left out
    checked       bigint      not null    -- rows that the pass has looked at so far
);

-- Sum of an account's older entries here, so that the quick walk adds up the newer ones only. A hint:
-- where it does not lead to the balance, all entries are added up before anything is called a fault.
create table if not exists billing.audit_marks (
    account_id  bigint      primary key,
    upto        timestamptz not null,     -- entries created before
    sum_minor   numeric     not null
);

-- The highest offset seen of each partition since an operator last accepted one there.
create table if not exists billing.audit_offsets (
    topic          text    not null,
    partition_id   integer not null,
    incarnation    integer not null,
    next_offset    bigint  not null,
    acceptance_id  bigint  not null,      -- of the latest acceptance; 0: none
    primary key (topic, partition_id)
);

reset search_path;

reset role;
