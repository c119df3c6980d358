create or replace function billing.audit_holds(
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
-- billing.audit_holds(2)
--
--   Parts of holds that this node has, in order of hold. One statement, one snapshot.
--
--   hold   what was authorised is held, captured or given back, captures and an entry
--          say how much of each; the decision takes as much, and at home the hold is there,
--          and was asked for what is captured here (elsewhere: billing.audit_captures)
--
-- Parameters
--   in_after  a hold's id; '' from the beginning
-- Returns, Raises   as billing.audit_parts
-- ---------------------------------------------------------------------------
declare
    self      constant integer := local_node_id();
    after_id  constant uuid := after_uuid(in_after);
    last_id   uuid;
begin
    select (array_agg(c.hold_id order by c.hold_id desc))[1], count(*) into last_id, checked
      from (select p.hold_id from hold_parts p where p.hold_id > after_id order by p.hold_id limit in_limit) c;
    with judged as materialized (
        select p.*, coalesce((select sum(c.amount_minor) from hold_captures c where c.hold_id = p.hold_id), 0) as captures_minor,
               case when p.state = 'held' then p.returned_minor
                    else p.amount_minor - p.captured_minor - p.returned_minor end as missing_minor,
               p.returned_minor = 0 or has_entry(p.account_id, p.hold_id, 'return', p.returned_minor, p.ended_at) as is_back,
               authorised_minor(p) as due_minor,
               case when p.home_node_id = self then (
                   select coalesce(sum(a.got_minor), 0) from hold_asks a join hold_operations o on o.id = a.operation_id and o.kind = 'capture'
                    where a.hold_id = p.hold_id and a.node_id = self) else p.captured_minor end as asked_minor
          from hold_parts p where p.hold_id > after_id and p.hold_id <= last_id
    ), finding as (
        select audit_finding('hold', self, j.account_id, j.hold_id || ' captures', j.captured_minor, j.captures_minor,
                             'what a part says is captured, and captures') as f
          from judged j where j.captures_minor <> j.captured_minor
        union all
        select audit_finding('hold', self, j.account_id, j.hold_id || ' asked', j.asked_minor, j.captured_minor,
                             'what was asked to be captured here, and the part')
          from judged j where j.asked_minor <> j.captured_minor
        union all
        select audit_finding('hold', self, j.account_id, j.hold_id || ' end', 0, j.missing_minor,
                             format('what a part that is %s has neither captured nor given back', j.state))
          from judged j where j.missing_minor <> 0
        union all
        select audit_finding('hold', self, j.account_id, j.hold_id || ' back', j.returned_minor, 0, 'what a part gave back has no entry')
          from judged j where not j.is_back
        union all
        select audit_finding('hold', self, j.account_id, j.hold_id || ' decided', coalesce(j.due_minor, 0), j.amount_minor,
                             format('what node %s decided to hold here, and the part', j.home_node_id))
          from judged j where j.due_minor is distinct from j.amount_minor
    )
    select coalesce(jsonb_agg(f), '[]') into findings from finding;
    status := 'checked';
    next_after := case when checked = in_limit then last_id::text end;
end;
$$;

create or replace function billing.authorised_minor(in_part billing.hold_parts)
returns numeric
language sql
stable
as $$
-- Internal: what must have been authorised at this node: by the hold's row at its home; elsewhere by what was settled for it, which is
-- kept for a day at least: then by the part itself. Null: nothing knows of it.
    select case when in_part.home_node_id = billing.local_node_id()
                then (select t.minor from billing.holds h join billing.pay_outs p on p.id = h.id and p.status = 'held' and p.account_id = in_part.account_id
                       cross join unnest(p.taken_nodes, p.taken_minor) as t (node_id, minor)
                       where h.id = in_part.hold_id and t.node_id = in_part.home_node_id)::numeric
                else coalesce((select sum(r.settled_minor) from billing.reservations r
                                where r.pay_out_id = in_part.hold_id and r.coordinator_node_id = in_part.home_node_id
                                  and r.account_id = in_part.account_id and r.state = 'settled'),
                              case when in_part.held_at < now() - billing.reservations_kept_for() then in_part.amount_minor end) end;
$$;

create or replace function billing.return_findings(in_account_ids bigint[])
returns table (finding jsonb)
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: entries that gave back what no part of a hold has given, or another amount.
    select audit_finding('hold', local_node_id(), l.account_id, l.operation_id || ' entries', coalesce(max(p.returned_minor), 0),
                         sum(l.amount_minor), 'what a part gave back, and its entries')
      from transaction_log l
      left join hold_parts p on p.hold_id = l.operation_id and p.account_id = l.account_id
     where l.account_id = any (in_account_ids) and l.node_id = local_node_id() and l.operation_type = 'return'
     group by l.account_id, l.operation_id having sum(l.amount_minor) <> coalesce(max(p.returned_minor), 0);
$$;
