create or replace function billing.record_audit(
    in_walk          text,
    in_is_first      boolean,
    in_status        text,
    in_checked       bigint,
    in_findings      jsonb,
    in_is_last       boolean,
    in_is_complete   boolean,
    in_lease         bigint default null,
    out appeared     jsonb,
    out resolved     jsonb
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.record_audit(8)
--
--   Publishes one step of a walk. At the end of a pass that left nothing out, open
--   faults of the walk that the pass has not seen are resolved, and those resolved
--   90 days ago are forgotten.
--
-- Parameters
--   in_walk         whose step it is
--   in_is_first     a pass begins with this step
--   in_status, in_findings   as the step returned them
--   in_checked      rows the pass has looked at so far
--   in_is_last, in_is_complete   the pass is over; and no step of it left anything out
--   in_lease        number of the caller's lease. Two auditors at once would end each
--                   other's passes: faults that neither of the two looks for any
--                   more, and walks that nobody has walked to their end
-- Returns   the findings that are new, and the faults that are resolved with this step
-- Locks     row of node_lease, rows of audit_faults in order of key; row of audit_runs
-- Writes    audit_faults, audit_runs
-- Raises    GB029 the lease has ended: nothing is written
-- ---------------------------------------------------------------------------
declare
    moment constant timestamptz := clock_timestamp();
    pass_began_at timestamptz := moment;
begin
    perform require_lease(in_lease);
    if not in_is_first then
        pass_began_at := coalesce((select r.began_at from audit_runs r where r.walk = in_walk), moment);
    end if;
    with found as (
        select distinct on (f."check", f.node_id, f.account_id, f.subject) f.*
          from jsonb_to_recordset(in_findings)
            as f ("check" text, node_id integer, account_id bigint, subject text, expected_minor numeric,
                  found_minor numeric, detail text)
         order by f."check", f.node_id, f.account_id, f.subject
    ), known as materialized (
        select k.check_name, k.node_id, k.account_id, k.subject from audit_faults k
          join found f on (k.check_name, k.node_id, k.account_id, k.subject) = (f."check", f.node_id, f.account_id, f.subject)
         where k.resolved_at is null
    ), written as (
        insert into audit_faults as k (check_name, node_id, account_id, subject, expected_minor, found_minor, detail, walk,
                                       first_seen_at, last_seen_at)
        select f."check", f.node_id, f.account_id, f.subject, f.expected_minor, f.found_minor, f.detail, in_walk, moment, moment
          from found f
        on conflict (check_name, node_id, account_id, subject) do update
           set expected_minor = excluded.expected_minor, found_minor = excluded.found_minor, detail = excluded.detail,
               walk = excluded.walk, last_seen_at = moment, resolved_at = null,
               first_seen_at = case when k.resolved_at is null then k.first_seen_at else moment end
    )
    select coalesce(jsonb_agg(audit_finding(f."check", f.node_id, f.account_id, f.subject, f.expected_minor, f.found_minor, f.detail)), '[]')
      into appeared
      from found f
     where not exists (select from known k
                        where (k.check_name, k.node_id, k.account_id, k.subject) = (f."check", f.node_id, f.account_id, f.subject));

    resolved := '[]';
    if in_is_last and in_is_complete then
        with gone as (
            update audit_faults k set resolved_at = moment
             where k.walk = in_walk and k.resolved_at is null and k.last_seen_at < pass_began_at
            returning k.*
        )
        select coalesce(jsonb_agg(audit_finding(g.check_name, g.node_id, g.account_id, g.subject, g.expected_minor,
                                                g.found_minor, g.detail)), '[]')
          into resolved from gone g;
        delete from audit_faults k where k.walk = in_walk and k.resolved_at < moment - interval '90 days';
    end if;

    insert into audit_runs as r (walk, began_at, stepped_at, completed_at, status, checked)
    values (in_walk, pass_began_at, moment, case when in_is_last and in_is_complete then moment end,
            in_status, in_checked)
    on conflict (walk) do update
       set began_at = excluded.began_at, stepped_at = moment, status = excluded.status, checked = excluded.checked,
           completed_at = coalesce(excluded.completed_at, r.completed_at);
end;
$$;
