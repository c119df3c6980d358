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
create index if not exists audit_faults_open on billing.audit_faults (walk) where resolved_at is null;

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

-- What was set aside for a pay-out, by its id: the entries of a drain are checked against it.
create index if not exists reservations_pay_out on billing.reservations (pay_out_id);

reset search_path;
create or replace function billing.audit_finding(
    in_check           text,
    in_node_id         integer,
    in_account_id      bigint,
    in_subject         text,
    in_expected_minor  numeric,
    in_found_minor     numeric,
    in_detail          text
)
returns jsonb
language sql
immutable
as $$
-- Internal: one finding, as every audit function returns it in an array. Amounts are strings.
    select jsonb_build_object('check', in_check, 'node_id', in_node_id,
                              'account_id', coalesce(in_account_id, 0)::text, 'subject', coalesce(in_subject, ''),
                              'expected_minor', coalesce(in_expected_minor, 0)::text,
                              'found_minor', coalesce(in_found_minor, 0)::text, 'detail', in_detail);
$$;

create or replace function billing.own_pay_out_minor(in_pay_out billing.pay_outs)
returns numeric
language sql
stable
as $$
-- Internal: what a pay-out of this node must have taken from this node's part by now: its share once it
-- is committed, and what is set aside for it.
    select case when in_pay_out.status <> 'committed' then 0::numeric
                when in_pay_out.taken_nodes is null then in_pay_out.amount_minor::numeric
                else coalesce((select sum(t.minor) from unnest(in_pay_out.taken_nodes, in_pay_out.taken_minor) as t (node, minor)
                                where t.node = billing.local_node_id()), 0) end
           + coalesce((select sum(r.amount_minor) from billing.reservations r
                        where r.pay_out_id = in_pay_out.id and r.state = 'reserved'), 0);
$$;
reset role;
