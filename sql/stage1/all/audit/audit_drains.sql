create or replace function billing.audit_drains(
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
-- billing.audit_drains(2)
--
--   Reservations of this node, in order of attempt, against their entries and
--   against decisions, own ones and those that replication has brought (a decision
--   never changes, so that one that is here is true). One statement, one snapshot.
--
--   drain   what is reserved was taken by an entry, what is not settled was given
--           back by one; a closed one settled what the decision takes; an open one
--           of this node's own drain has its attempt
--
-- Parameters
--   in_after  an attempt's id; '' from the beginning. in_limit counts reservations
-- Returns, Raises   as billing.audit_parts
-- ---------------------------------------------------------------------------
declare
    self      constant integer := local_node_id();
    after_id  constant uuid := after_uuid(in_after);
    last_id   uuid;
begin
    select (array_agg(c.attempt_id order by c.attempt_id desc))[1], count(*) into last_id, checked
      from (select r.attempt_id from reservations r where r.attempt_id > after_id
             order by r.attempt_id limit in_limit) c;
    with held as materialized (
        select r.* from reservations r
         where r.attempt_id > after_id and r.attempt_id <= last_id and r.round > 0
    ), judged as (
        select h.*, d.attempt_id is not null as is_decided,
               coalesce((select t.minor from unnest(d.taken_nodes, d.taken_rounds, d.taken_minor) as t (node, round, minor)
                          where t.node = self and t.round = h.round), 0) as takes_minor,
               has_entry(h.account_id, h.pay_out_id, 'reserve', -h.amount_minor, h.reserved_at) as is_taken,
               h.state = 'reserved' or h.amount_minor = h.settled_minor
                   or has_entry(h.account_id, h.pay_out_id, 'release', h.amount_minor - h.settled_minor, h.closed_at) as is_back
          from held h
          left join drain_decisions d on d.attempt_id = h.attempt_id and d.node_id = h.coordinator_node_id
    ), finding as (
        select audit_finding('drain', self, j.account_id, format('%s round %s', j.attempt_id, j.round),
                             j.amount_minor, 0, 'a reservation without its entry') as f
          from judged j where not j.is_taken and j.amount_minor > 0
        union all
        select audit_finding('drain', self, j.account_id, format('%s round %s', j.attempt_id, j.round),
                             j.amount_minor - j.settled_minor, 0, 'a reservation that gave back nothing of what it must')
          from judged j where not j.is_back and (j.is_taken or j.amount_minor = 0)
        union all
        select audit_finding('drain', self, j.account_id, format('%s round %s decided', j.attempt_id, j.round),
                             j.takes_minor, j.settled_minor,
                             format('what node %s decided to take here, and what is settled', j.coordinator_node_id))
          from judged j where j.is_decided and j.state <> 'reserved' and j.takes_minor <> j.settled_minor
        union all
        select audit_finding('drain', self, j.account_id, format('%s round %s attempt', j.attempt_id, j.round),
                             0, j.amount_minor, 'an open reservation of a drain that is not known here')
          from judged j
         where j.state = 'reserved' and j.coordinator_node_id = self
           and not exists (select from pay_out_attempts a where a.id = j.attempt_id)
    )
    select coalesce(jsonb_agg(f), '[]') into findings from finding;
    status := 'checked';
    next_after := case when checked = in_limit then last_id::text end;
end;
$$;

create or replace function billing.has_entry(
    in_account_id      bigint,
    in_operation_id    uuid,
    in_operation_type  billing.operation_type,
    in_amount_minor    bigint,
    in_written_at      timestamptz
)
returns boolean
language sql
stable
as $$
-- Internal: this node wrote such an entry in a transaction that was under way then. Entries are dated
-- by the beginning of their transactions, which last seconds at most; clocks are set right, too.
    select exists (select from billing.transaction_log l
                    where l.account_id = in_account_id and l.operation_id = in_operation_id
                      and l.operation_type = in_operation_type and l.amount_minor = in_amount_minor
                      and l.node_id = billing.local_node_id()
                      and l.created_at between in_written_at - billing.entry_slack() and in_written_at + billing.entry_slack());
$$;
