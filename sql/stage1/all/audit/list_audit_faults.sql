create or replace function billing.list_audit_faults(in_with_resolved boolean, in_limit integer, in_tenants text[] default '{default}')
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
-- billing.list_audit_faults(3)
--
--   Faults that this node's auditor has seen, open ones first, then latest first.
--
-- Parameters
--   in_tenants  as of billing.get_account; what is of no account is told to all
-- Returns   at most in_limit rows; total, the same in each, is how many match
-- ---------------------------------------------------------------------------
    select check_name, node_id, account_id, subject, expected_minor, found_minor, detail, first_seen_at, last_seen_at,
           resolved_at, count(*) over ()
      from audit_faults f
     where (in_with_resolved or resolved_at is null)
       and (in_tenants is null or not exists (select from accounts a where a.id = f.account_id and a.tenant <> all (in_tenants)))
     order by resolved_at is not null, first_seen_at desc, check_name, node_id, account_id, subject
     limit in_limit;
$$;
