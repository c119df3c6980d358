create or replace function billing.audit_pay_outs(
    in_after        text,
    in_limit        integer,
    out status      text,
    out next_after  text,
    out checked     integer,
    out findings    jsonb
)
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.audit_pay_outs(2)
--
--   The other direction of billing.audit_entries: from the pay-outs kept here, in
--   order of id and so of time, to their entries. One statement, one snapshot.
--
--   pay_out   a pay-out has the entries that it must have here (see
--             own_pay_out_minor); the parts of a committed one add up to its amount
--
--   Paid from here alone: its one entry is dated as its decision, so a look into an
--   index finds it. Of a drain all entries of its time are added up.
--
-- Parameters
--   in_after  id of a pay-out; '' from the beginning
-- Returns, Raises   as billing.audit_parts
-- ---------------------------------------------------------------------------
declare
    self      constant integer := local_node_id();
    after_id  constant uuid := after_uuid(in_after);
    last_id   uuid;
begin
    with pay_out as materialized (
        select p from pay_outs p where p.id > after_id order by p.id limit in_limit
    ), judged as (
        select (p).id, (p).account_id, own_pay_out_minor(p) as due_minor, t.minor as taken_minor,
               (p).amount_minor, (p).status = 'committed' and (p).taken_nodes is not null
                   and (select sum(x) from unnest((p).taken_minor) x) is distinct from (p).amount_minor as is_odd
          from pay_out
         cross join lateral (
               select coalesce(-sum(l.amount_minor), 0) as minor
                 from transaction_log l
                where l.account_id = (p).account_id and l.operation_id = (p).id and l.node_id = self
                  and l.operation_type in ('pay_out', 'reserve', 'release')
                  -- Dated by the beginning of their transactions, which last seconds at most.
                  and l.created_at between case when (p).status = 'committed' and (p).taken_nodes is null
                                                then (p).decided_at else (p).created_at - entry_slack() end
                                       and case when (p).status = 'committed' and (p).taken_nodes is null
                                                then (p).decided_at
                                                else coalesce((p).decided_at + entry_slack(), 'infinity') end) t
    ), finding as (
        select audit_finding('pay_out', self, j.account_id, j.id::text, j.due_minor, j.taken_minor,
                             'what a pay-out must have taken here, and took') as f
          from judged j where j.due_minor <> j.taken_minor
        union all
        select audit_finding('pay_out', self, j.account_id, j.id::text || ' parts', j.amount_minor, j.due_minor,
                             'the parts of a pay-out do not add up to its amount')
          from judged j where j.is_odd
    )
    select case when count(*) = in_limit then (array_agg((p).id order by (p).id desc))[1] end, count(*),
           coalesce((select jsonb_agg(f) from finding), '[]')
      into last_id, checked, findings
      from pay_out;
    status := 'checked';
    next_after := last_id::text;
end;
$$;
