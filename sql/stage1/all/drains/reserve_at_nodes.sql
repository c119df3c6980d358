create or replace function billing.reserve_at_nodes(in_requests jsonb, in_timeout_ms integer)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.reserve_at_nodes(2)
--
--   billing.reserve at several other nodes at once: one call a node, whatever
--   the number of its requests. Writes nothing here but breakers.
--
-- Parameters
--   in_requests    as of billing.reserve, each with the node_id to ask and with its
--                  deadline_at by this node's clock. What is left of it goes on the
--                  way; deadline_at goes along for donors one version behind
--   in_timeout_ms  how long to wait; a node's own lock_timeout and
--                  statement_timeout are held below it
-- Returns   the answers of billing.reserve, and for a request without one
--           {node_id, attempt_id, round, status}: unreachable, nothing was sent;
--           unknown, it may be held or not; failed, it raised and holds nothing
-- Raises    GB013, GB017 as get_decrypted_dsn
-- ---------------------------------------------------------------------------
declare
    moment   constant timestamptz := clock_timestamp();
    nodes    integer[];
    queries  text[];
    answers  jsonb := '[]';
    asked    record;
begin
    select array_agg(r.node_id order by r.node_id),
           array_agg(format('select billing.%I(%L, %s)::text',
                            -- What the version before would take for pay-outs.
                            case when r.requests @? '$[*] ? (@.held_for_ms != null)' then 'reserve_holds_within' else 'reserve_within' end,
                            r.requests, in_timeout_ms) order by r.node_id)
      into nodes, queries
      from (select (e ->> 'node_id')::integer as node_id,
                   jsonb_agg(e - 'node_id' || jsonb_build_object('left_ms',
                       floor(extract(epoch from (e ->> 'deadline_at')::timestamptz - moment) * 1000)) order by i) as requests
              from jsonb_array_elements(in_requests) with ordinality as r (e, i) group by 1) r;
    if nodes is null then
        return answers;
    end if;
    for asked in select * from ask_nodes(nodes, queries, in_timeout_ms) loop
        if asked.status = 'answered' then
            answers := answers || asked.answer::jsonb;
        else
            answers := answers || (
                select jsonb_agg(jsonb_build_object('node_id', asked.node_id, 'attempt_id', e -> 'attempt_id',
                                                    'round', e -> 'round', 'status', asked.status))
                  from jsonb_array_elements(in_requests) e
                 where (e ->> 'node_id')::integer = asked.node_id);
        end if;
    end loop;
    return answers;
end;
$$;
