-- dblink to other nodes. Connections are named conn_<node>, belong to the session, and are kept.
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
    dsn    text;
begin
    if cipher is null then
        raise exception 'node % is not in node_config', p_node_id using errcode = 'GB017';
    end if;
    dsn := decrypt_dsn(cipher);
    if dsn is null then
        raise exception 'the DSN of node % cannot be decrypted with the key of this node', p_node_id
            using errcode = 'GB013', hint = 'Run the SQL pipeline again: it encrypts node_config anew.';
    end if;
    return dsn;
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
