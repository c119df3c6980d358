create or replace function billing.audit_decisions(
    in_node_id      integer,
    in_after        text,
    in_limit        integer,
    in_timeout_ms   integer,
    out status      text,
    out next_after  text,
    out checked     integer,
    out findings    jsonb
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.audit_decisions(4)
--
--   Decisions of this node that another node has heard, in order of attempt,
--   against what that node holds. First it is read here who has heard them, then the
--   other node is asked: it carried them out before it was said to have heard, so
--   neither replication nor a drain under way can mislead.
--
--   decision   what is taken there is settled there, and nothing else
--
-- Parameters
--   in_node_id     the donor
--   in_after       an attempt's id; '' from the beginning
--   in_timeout_ms  how long to wait for the other node
-- Returns   as billing.audit_transfers. Decisions of the last 20 hours: closed
--           reservations are kept for a day at least
-- Writes    node_breakers
-- Raises    what the other node raises
-- ---------------------------------------------------------------------------
declare
    self      constant integer := local_node_id();
    after_id  constant uuid := after_uuid(in_after);
    decided   jsonb;
    asked     record;
begin
    select coalesce(jsonb_agg(jsonb_build_object('attempt_id', d.attempt_id, 'account_id', d.account_id,
                                                 'takes', d.takes) order by d.attempt_id), '[]')
      into decided
      from (select d.attempt_id, d.account_id,
                   (select jsonb_agg(jsonb_build_object('round', t.round, 'minor', t.minor))
                      from unnest(d.taken_nodes, d.taken_rounds, d.taken_minor) as t (node, round, minor)
                     where t.node = in_node_id) as takes
              from drain_decisions d
              join pay_out_attempts a on a.id = d.attempt_id
             where d.node_id = self and d.attempt_id > after_id and d.decided_at > now() - reservations_kept_for()
               and in_node_id <> all (a.untold_nodes)
             order by d.attempt_id limit in_limit) d;
    checked := jsonb_array_length(decided);
    next_after := case when checked = in_limit then decided -> -1 ->> 'attempt_id' end;
    status := 'checked';
    findings := '[]';
    if checked = 0 then
        return;
    end if;

    asked := ask_node(in_node_id, format('select billing.reservations_held(%L)::text',
                                         array(select d ->> 'attempt_id' from jsonb_array_elements(decided) d)), in_timeout_ms);
    if asked.status <> 'answered' then
        status := 'unreachable';
        return;
    end if;
    with take as (
        select d.attempt_id, d.account_id, t.round, t.minor
          from jsonb_to_recordset(decided) as d (attempt_id uuid, account_id bigint, takes jsonb)
         cross join jsonb_to_recordset(coalesce(nullif(d.takes, 'null'), '[]')) as t (round integer, minor bigint)
    ), held as (
        select h.*, d.account_id
          from jsonb_to_recordset(asked.answer::jsonb) as h (attempt_id uuid, round integer, minor bigint, is_open boolean)
          join jsonb_to_recordset(decided) as d (attempt_id uuid, account_id bigint) using (attempt_id)
    )
    select coalesce(jsonb_agg(audit_finding('decision', in_node_id, coalesce(t.account_id, h.account_id),
                       format('%s round %s', attempt_id, round), coalesce(t.minor, 0), coalesce(h.minor, 0),
                       format(case when h.is_open then 'node %s decided this and was told, and it is still open'
                                   else 'what node %s decided to take here, and is settled' end, self))), '[]')
      into findings
      from take t full join held h using (attempt_id, round)
     where coalesce(t.minor, 0) <> coalesce(h.minor, 0) or h.is_open;
end;
$$;
