-- Circuit breakers, one a node: whoever finds a node silent spares the next caller the wait.
-- Closed (no row, or open_until in the past) -> open by a failure -> closed by an answer, or half
-- open after a while, when one more caller may try. The coordinator's probe asks every second.
-- Unlogged: after a crash every breaker is closed.
set role billing_owner;
create unlogged table if not exists billing.node_breakers (
    node_id     integer     primary key,
    failures    integer     not null,          -- in a row
    open_until  timestamptz not null,
    detail      text
);

create or replace function billing.ask_node(
    in_node_id     integer,
    in_query       text,
    in_timeout_ms  integer,
    in_probe       boolean default false,
    out status     text,
    out answer     text
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.ask_node(4)
--
--   One statement at another node, behind its circuit breaker. It commits there
--   on its own; nothing is written here before the answer, so no write
--   transaction is open across the WAN. When the connection that this session
--   kept turns out to be dead, it is sent once more over a new one.
--
-- Parameters
--   in_query       a query of one text column that may be repeated, for the role
--                  billing_peer, whose own lock_timeout and statement_timeout
--                  bound it there
--   in_timeout_ms  how long to wait for the answer; connecting has its own bound
--   in_probe       ask even if the breaker is open
-- Returns
--   status  answered
--           unreachable  nothing was sent
--           unknown      sent, no answer: it may or may not have happened
-- Writes    node_breakers
-- Raises    what the statement raised over there, with its SQLSTATE
--           GB013, GB017 as get_decrypted_dsn
-- ---------------------------------------------------------------------------
declare
    open_for constant interval := '5 seconds';
    deadline constant timestamptz := clock_timestamp() + make_interval(secs => in_timeout_ms / 1000.0);
    kept     boolean := 'conn_' || in_node_id = any (public.dblink_get_connections());
    cause    text;
begin
    if not in_probe and exists (select from node_breakers b
                                 where b.node_id = in_node_id and b.open_until > clock_timestamp()) then
        status := 'unreachable';
        return;
    end if;

    loop
        begin
            answer := query_node(public.connect_to_node(in_node_id), in_query, in_timeout_ms);
            status := 'answered';
        exception
            when sqlstate 'GB007' then
                -- Unknown stays unknown when what was sent before got no answer.
                status := coalesce(status, 'unreachable');
                get stacked diagnostics cause = pg_exception_detail;
            when sqlstate 'GB015' then
                status := 'unknown';
                cause := sqlerrm;
        end;
        exit when status <> 'unknown' or not kept or clock_timestamp() >= deadline;
        kept := false;
    end loop;

    if status = 'answered' then
        if exists (select from node_breakers b where b.node_id = in_node_id) then
            delete from node_breakers b where b.node_id = in_node_id;
        end if;
        return;
    end if;
    insert into node_breakers as b (node_id, failures, open_until, detail)
    values (in_node_id, 1, clock_timestamp() + open_for, cause)
    on conflict (node_id) do update
       set failures = b.failures + 1, open_until = excluded.open_until, detail = excluded.detail;
end;
$$;

create or replace function billing.probe_node(in_node_id integer, in_timeout_ms integer)
returns boolean
language sql
security definer
set search_path = billing, pg_temp
as $$
-- Whether another node answers now, whatever its breaker says; an answer closes the breaker.
    select status = 'answered' from ask_node(in_node_id, 'select 1::text', in_timeout_ms, true);
$$;
reset role;
