create or replace function billing.connect_to_self()
returns text
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: name of a connection of this session to its own node, as billing_coordinator, whose calls
-- commit whatever becomes of the caller's transaction. Raises GB007, GB013.
declare
    conn_name constant text := 'conn_self';
    dsn       text;
begin
    if is_connected(conn_name) then
        return conn_name;
    end if;
    dsn := decrypt_dsn((select encrypted_dsn from node_identity));
    if dsn is null then
        raise exception 'the DSN of this node cannot be decrypted with its key'
            using errcode = 'GB013', hint = 'Run the SQL pipeline again: it encrypts it anew.';
    end if;
    perform open_connection(conn_name, dsn, 'this node itself');
    -- Shorter than anybody listens (call_self): what nobody hears any more does not go on waiting for a lock.
    perform public.dblink_exec(conn_name, 'set lock_timeout = ''3s''');
    return conn_name;
end;
$$;
