create or replace function billing.change_catalogue(
    in_act         text,
    in_change      jsonb,
    in_client_id   text,
    in_address     inet,
    in_timeout_ms  integer,
    out status     text,
    out code       text,
    out message    text,
    out service    jsonb,
    out "position" text
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.change_catalogue(5)
--
--   Changes the catalogue, from any node: its home carries it out, asked over
--   dblink where that is another one. Each act may be repeated: it says what is
--   wanted, not what to add.
--
-- Parameters
--   in_act     create   in_change {name, price, currency, unit}; price a decimal of
--                       major units, as text; unit may be null
--              reprice  {service_id, price, valid_from}; valid_from null: from now on
--              retire   {service_id}
--   in_client_id, in_address  who does it, and from where
-- Returns, the first that holds
--   status    unreachable    nothing was sent to the catalogue's home
--             unknown        it may have happened nevertheless: ask again
--             failed         the home raised code, with message: nothing happened
--             not_found
--             exists         create: another service has the name (service: that one)
--             retired        reprice: it is charged no more
--             past           reprice: valid_from is over, by the home's clock
--             unchanged      it was so before
--             changed
--   service   as it is now (billing.describe_service)
--   position  of changed: where it has arrived, so has the change
-- Locks, Writes  as billing.change_home_catalogue; node_breakers here
-- ---------------------------------------------------------------------------
declare
    catalogue_node_id  constant integer := 1;
    asked              record;
    answer             jsonb;
begin
    if local_node_id() = catalogue_node_id then
        answer := change_home_catalogue(in_act, in_change, in_client_id, in_address);
    else
        select a.status, a.answer, a.code into asked
          from ask_nodes(array[catalogue_node_id],
                         array[format('select billing.change_home_catalogue(%L, %L, %L, %L)::text', in_act, in_change, in_client_id,
                                      in_address)],
                         in_timeout_ms) a;
        status := asked.status;
        if status <> 'answered' then
            code := asked.code;
            message := case status when 'failed' then asked.answer end;
            return;
        end if;
        answer := asked.answer::jsonb;
    end if;
    status := answer ->> 'status';
    service := nullif(answer -> 'service', 'null');
    "position" := answer ->> 'position';
exception when sqlstate 'GB001' or sqlstate 'GB005' or sqlstate 'GB008' then
    status := 'failed';
    code := sqlstate;
    message := sqlerrm;
end;
$$;
