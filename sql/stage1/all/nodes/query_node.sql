create or replace function billing.query_node(
    in_conn_name   text,
    in_query       text,
    in_timeout_ms  integer default 5000
)
returns text
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.query_node(3)
--
--   Runs one statement over a connection of connect_to_node and waits for it,
--   never longer than told: dblink() itself obeys no timeout. It commits at the
--   other node on its own, whatever becomes of the caller's transaction.
--
-- Parameters
--   in_query  a command, or a query of one text column
-- Returns   the first row, or the command's tag
-- Raises    what the other node raises, with its SQLSTATE
--           GB007 the connection was lost before the statement was sent
--           GB015 no answer: the statement may or may not have happened
-- ---------------------------------------------------------------------------
declare
    deadline timestamptz := clock_timestamp() + make_interval(secs => in_timeout_ms / 1000.0);
    pause_s  double precision := 0.0002;
    answer   text;
    cause    text;
    code     text;
begin
    if public.dblink_send_query(in_conn_name, in_query) <> 1 then
        perform public.disconnect_from_node(in_conn_name);
        raise exception 'connection % was lost', in_conn_name using errcode = 'GB007';
    end if;
    while public.dblink_is_busy(in_conn_name) = 1 loop
        if clock_timestamp() >= deadline then
            perform public.disconnect_from_node(in_conn_name);
            raise exception 'no answer over % within % ms', in_conn_name, in_timeout_ms using errcode = 'GB015';
        end if;
        perform pg_sleep(pause_s);
        pause_s := least(pause_s * 2, 0.005);
    end loop;

    begin
        select r.answer into answer from public.dblink_get_result(in_conn_name) as r (answer text);
        -- The connection is free again once an empty result has been read.
        perform from public.dblink_get_result(in_conn_name) as r (answer text);
        return answer;
    exception when others then
        get stacked diagnostics code = returned_sqlstate, cause = message_text;
    end;
    perform public.disconnect_from_node(in_conn_name);
    if code like '08%' or code = '57P01' then
        raise exception 'connection % was lost before an answer came', in_conn_name using errcode = 'GB015';
    end if;
    raise exception '%', cause using errcode = code, detail = format('said over %s', in_conn_name);
end;
$$;
