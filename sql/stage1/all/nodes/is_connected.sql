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
