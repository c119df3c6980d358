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
