create or replace function billing.audit_doubt(
    in_older_than_ms  integer,
    in_limit          integer,
    out status        text,
    out next_after    text,
    out checked       integer,
    out findings      jsonb
)
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.audit_doubt(2)
--
--   What should long be over: looks at what is open alone, which indexes know.
--   A node that is away for longer than that leaves things in doubt, and this says
--   so: it is true, and ends when the node is back.
--
--   in_doubt   a pay-out or attempt pending, a node not told, money set aside, so
--              long past the deadline; a transfer in transit for so long; a part held past
--              its time, and what was asked of one and not answered, for so long
--
-- Parameters
--   in_older_than_ms  how long past its deadline anything may be open
--   in_limit          findings of each kind at most
-- Returns, Raises   as billing.audit_parts; checked is how much is open at all
-- ---------------------------------------------------------------------------
declare
    self    constant integer := local_node_id();
    before  constant timestamptz := clock_timestamp() - make_interval(secs => in_older_than_ms / 1000.0);
begin
    with doubt as (
        select p.account_id, 'pay-out ' || p.id as subject, p.amount_minor as minor, p.deadline_at as since,
               'a pay-out is pending' as detail
          from pay_outs p where p.status = 'pending'
        union all
        select a.account_id, 'attempt ' || a.id, a.amount_minor, a.deadline_at, 'an attempt is pending'
          from pay_out_attempts a where a.state = 'pending'
        union all
        select a.account_id, 'untold ' || a.id, a.amount_minor, a.deadline_at,
               format('a decision that nodes %s have not heard', array_to_string(a.untold_nodes, ', '))
          from pay_out_attempts a where a.untold_nodes <> '{}' and a.state <> 'pending'
        union all
        select r.account_id, format('reservation %s round %s', r.attempt_id, r.round), r.amount_minor, r.deadline_at,
               format('money is set aside for node %s', r.coordinator_node_id)
          from reservations r where r.state = 'reserved'
        union all
        select t.account_id, 'transfer ' || t.id, t.amount_minor, t.updated_at,
               format('a transfer to node %s is in transit', t.to_node_id)
          from transfers t where t.node_id = self and t.state = 'in_transit'
        union all
        select p.account_id, 'hold ' || p.hold_id, p.amount_minor - p.captured_minor, p.ends_at,
               format('the time of a hold of node %s is over', p.home_node_id)
          from hold_parts p where p.state = 'held' and p.ends_at < before
        union all
        select h.account_id, format('hold %s %s', o.kind, o.id), a.minor, o.created_at, format('node %s has not answered', a.node_id)
          from hold_asks a join hold_operations o on o.id = a.operation_id join holds h on h.id = a.hold_id
         where a.answered_at is null
    ), late as (
        select d.*, row_number() over (partition by d.detail order by d.since) as place
          from doubt d where d.since < before
    )
    select (select count(*) from doubt),
           coalesce((select jsonb_agg(audit_finding('in_doubt', self, l.account_id, l.subject, 0, l.minor,
                                                    format('%s since %s', l.detail, date_trunc('second', l.since))))
                       from late l where l.place <= in_limit), '[]')
      into checked, findings;
    status := 'checked';
end;
$$;
