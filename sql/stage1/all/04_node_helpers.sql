-- dblink to other nodes. Connections are named conn_<node>, belong to the session, and are kept.
set role billing_owner;
create or replace function public.get_decrypted_dsn(p_node_id int)
returns text
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- get_decrypted_dsn(1)
--
--   The DSN of a node, password and all: callable by billing_owner alone.
--
-- Raises    GB017 no such node in node_config
--           GB013 the key does not fit what node_config holds
-- ---------------------------------------------------------------------------
declare
    cipher bytea := (select encrypted_dsn from node_config where node_id = p_node_id);
begin
    if cipher is null then
        raise exception 'node % is not in node_config', p_node_id using errcode = 'GB017';
    end if;
    begin
        return public.pgp_sym_decrypt(cipher, public.get_encryption_key());
    exception when external_routine_invocation_exception then
        raise exception 'the DSN of node % cannot be decrypted with the key of this node', p_node_id
            using errcode = 'GB013', hint = 'Run the SQL pipeline again: it encrypts node_config anew.';
    end;
end;
$$;

create or replace function billing.open_connection(in_conn_name text, in_dsn text, in_subject text)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: opens a named dblink connection. Raises GB007 with what the server said, and no secret.
declare
    cause text;
begin
    perform public.dblink_connect(in_conn_name, in_dsn);
exception when others then
    get stacked diagnostics cause = pg_exception_detail;
    -- libpq quotes pieces of a DSN that it cannot read; what the server said is safe to repeat.
    raise exception '% cannot be reached', in_subject
        using errcode = 'GB007',
              detail = case when cause like 'connection to server %' then cause else sqlstate end;
end;
$$;

create or replace function billing.is_connected(in_conn_name text)
returns boolean
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: whether a connection is open, idle and, as far as its socket tells, alive. One that is not
-- is closed.
begin
    if in_conn_name <> all (coalesce(public.dblink_get_connections(), '{}')) then
        return false;
    end if;
    -- Asked twice: a server that went away has left a last word before the end of the stream.
    if public.dblink_is_busy(in_conn_name) = 0 and public.dblink_is_busy(in_conn_name) = 0
       and public.dblink_error_message(in_conn_name) = 'OK' then
        return true;
    end if;
    perform public.disconnect_from_node(in_conn_name);
    return false;
end;
$$;

create or replace function public.connect_to_node(p_node_id int)
returns text
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- connect_to_node(1)
--
--   Name of a live, idle dblink connection to a node, made if need be. Finding
--   one that is open costs no round trip: a server that has closed it is seen
--   in the socket.
--
-- Returns   conn_<node>
-- Raises    GB007 the node does not answer (connect_timeout of its DSN)
--           GB013, GB017 as get_decrypted_dsn
-- ---------------------------------------------------------------------------
declare
    conn_name text := 'conn_' || p_node_id;
begin
    if not is_connected(conn_name) then
        perform open_connection(conn_name, public.get_decrypted_dsn(p_node_id), 'node ' || p_node_id);
        raise notice 'Connected to node % as %', p_node_id, conn_name;
    end if;
    return conn_name;
end;
$$;

create or replace function public.disconnect_from_node(p_conn_name text)
returns void
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- disconnect_from_node(1)
--
--   Closes a connection of connect_to_node; nothing happens when there is none.
--   A query still running there is left alone: it may commit, and billing_peer's
--   own statement_timeout bounds it. Cancelling would open a second connection
--   and wait for it without any bound, for ever if the server is paused.
-- ---------------------------------------------------------------------------
begin
    if p_conn_name = any (public.dblink_get_connections()) then
        perform public.dblink_disconnect(p_conn_name);
        raise notice 'Disconnected %', p_conn_name;
    end if;
end;
$$;

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

create or replace function public.execute_remote_query(p_conn_name text, p_query text)
returns void
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- execute_remote_query(2)
--
--   Runs a statement at another node as billing_peer, which may call a handful
--   of functions there and nothing else. See billing.query_node.
--
-- Raises    what the other node raises; GB007, GB015
-- ---------------------------------------------------------------------------
begin
    perform billing.query_node(p_conn_name, p_query);
    raise notice 'Executed over %', p_conn_name;
end;
$$;
reset role;
