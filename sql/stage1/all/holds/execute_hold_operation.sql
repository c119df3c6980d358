create or replace function billing.execute_hold_operation(in_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.execute_hold_operation(1)
--
--   A capture, a void or an extension of a hold of this node that another one was
--   asked for, to its answer: begun, asked of the nodes that hold parts, written down.
--   Called as billing_peer.
--
--   AUTONOMOUS, as withdraw_balance: its steps are committed over a connection to
--   this node, whatever becomes of the caller.
--
-- Parameters
--   in_request  as of billing.begin_hold_operation, and ask_timeout_ms: how long nodes that
--               hold parts have, a second at most
-- Returns   as billing.begin_hold_operation
-- Writes    as that, and what the nodes write that are asked
-- Raises    GB007, GB013, GB015 as connect_to_self and query_node
-- ---------------------------------------------------------------------------
declare
    timeout_ms constant integer := least(1000, coalesce((in_request ->> 'ask_timeout_ms')::integer, 1000));
    answer     jsonb;
    asked      uuid;
    nodes      integer[];
begin
    answer := call_self(format('select billing.begin_hold_operation(%L)::text', in_request));
    asked := answer -> 'operation' ->> 'operation_id';
    nodes := array(select (a ->> 'node_id')::integer from jsonb_array_elements(answer -> 'asks') a where not (a -> 'is_answered')::boolean);
    if nodes <> '{}' and timeout_ms > 0 then
        perform call_self(format(
            'select to_jsonb(r)::text from billing.record_hold_answers(%L) r',
            call_self(format('select billing.ask_hold_parts(%L, array[%L::uuid], 1, %s)::text', nodes, asked, timeout_ms))));
        answer := call_self(format('select billing.describe_hold_operation(%L, %L, %L)::text', answer ->> 'status',
                                   answer -> 'hold' ->> 'hold_id', asked)) || jsonb_build_object('position', answer -> 'position');
    end if;
    return answer;
end;
$$;
