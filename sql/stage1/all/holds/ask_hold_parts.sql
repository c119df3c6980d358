create or replace function billing.ask_hold_parts(in_node_ids integer[], in_operation_ids uuid[], in_limit integer, in_timeout_ms integer)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.ask_hold_parts(4)
--
--   Asks other nodes, all at once, for what they have not answered of operations on
--   this node's holds. Writes nothing of them here, because the answer may never come:
--   the caller goes on with billing.record_hold_answers. Asked again, they hear the
--   same ids, and say the same.
--
-- Parameters
--   in_operation_ids  null: all that is unanswered, in_limit of each node at most, those
--                     first that have not been asked for longest
--   in_timeout_ms     how long to wait
-- Returns   an array of {node_id, status: answered, unreachable, unknown, failed;
--           answers as billing.hear_hold_asks; code and message of failed}; of nodes with
--           nothing to answer none
-- Writes    node_breakers
-- Raises    GB013, GB017 as get_decrypted_dsn
-- ---------------------------------------------------------------------------
declare
    nodes   integer[];
    queries text[];
begin
    select array_agg(g.node_id order by g.node_id), array_agg(format('select billing.hear_hold_asks(%L)::text', g.asks) order by g.node_id)
      into nodes, queries
      from (select n as node_id, gather_hold_asks(n, in_operation_ids, in_limit) as asks from unnest(in_node_ids) n) g
     where g.asks <> '[]';
    if nodes is null then
        return '[]';
    end if;
    return (select jsonb_agg(jsonb_build_object('node_id', a.node_id, 'status', a.status,
                                                'answers', case when a.status = 'answered' then a.answer::jsonb end,
                                                'code', a.code, 'message', case when a.status = 'failed' then a.answer end))
              from ask_nodes(nodes, queries, in_timeout_ms) a);
end;
$$;

create or replace function billing.gather_hold_asks(in_node_id integer, in_operation_ids uuid[], in_limit integer)
returns jsonb
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: what a node has not answered, as billing.hear_hold_asks wants it, with all that must come before it.
begin
    return (select coalesce(jsonb_agg(jsonb_build_object(
               'operation_id', a.operation_id, 'kind', o.kind, 'hold_id', a.hold_id, 'account_id', h.account_id,
               'home_node_id', local_node_id(), 'minor', a.minor,
               'left_ms', floor(extract(epoch from o.ends_at - clock_timestamp()) * 1000),
               'decision', (select decision_for(d, in_node_id) from pay_out_attempts t
                              join drain_decisions d on d.attempt_id = t.id and d.node_id = local_node_id()
                             where t.pay_out_id = a.hold_id and t.state = 'committed' and in_node_id = any (t.untold_nodes)),
               'captures', case o.kind when 'void' then (
                   select jsonb_agg(jsonb_build_object('operation_id', c.operation_id, 'minor', c.minor))
                     from hold_asks c join hold_operations k on k.id = c.operation_id and k.kind = 'capture'
                    where c.hold_id = a.hold_id and c.node_id = in_node_id and c.answered_at is null) end)), '[]')
      from ((select u.* from hold_asks u
              where in_operation_ids is null and u.node_id = in_node_id and u.answered_at is null
              order by u.asked_at limit in_limit)
            union all
            -- By its key: a silent node may have left many.
            (select u.* from unnest(in_operation_ids) i
              join hold_asks u on u.operation_id = i and u.node_id = in_node_id and u.answered_at is null limit in_limit)) a
      join hold_operations o on o.id = a.operation_id
      join holds h on h.id = a.hold_id);
end;
$$;
