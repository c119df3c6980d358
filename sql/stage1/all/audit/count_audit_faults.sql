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
