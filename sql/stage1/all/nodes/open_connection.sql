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
