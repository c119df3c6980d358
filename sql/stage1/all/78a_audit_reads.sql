-- What the auditor of this node has published, for operators and metrics.
set role billing_owner;
create or replace function billing.list_audit_faults(in_with_resolved boolean, in_limit integer)
returns table (
    check_name      text,
    node_id         integer,
    account_id      bigint,
    subject         text,
    expected_minor  numeric,
    found_minor     numeric,
    detail          text,
    first_seen_at   timestamptz,
    last_seen_at    timestamptz,
    resolved_at     timestamptz,
    total           bigint
)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_audit_faults(2)
--
--   Faults that this node's auditor has seen, open ones first, then latest first.
--
-- Returns   at most in_limit rows; total, the same in each, is how many match
-- ---------------------------------------------------------------------------
    select check_name, node_id, account_id, subject, expected_minor, found_minor, detail, first_seen_at, last_seen_at,
           resolved_at, count(*) over ()
      from audit_faults
     where in_with_resolved or resolved_at is null
     order by resolved_at is not null, first_seen_at desc, check_name, node_id, account_id, subject
     limit in_limit;
$$;

create or replace function billing.list_audit_runs()
returns table (walk text, began_at timestamptz, stepped_at timestamptz, completed_at timestamptz, status text, checked bigint)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- How far each walk of this node's auditor is. completed_at: its last pass that left nothing out.
    select walk, began_at, stepped_at, completed_at, status, checked from audit_runs order by walk;
$$;

create or replace function billing.count_audit_faults()
returns table (node_id integer, check_name text, faults bigint)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- Open faults by node and check.
    select node_id, check_name, count(*) from audit_faults where resolved_at is null group by 1, 2 order by 1, 2;
$$;
reset role;
