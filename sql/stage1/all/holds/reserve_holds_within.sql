create or replace function billing.reserve_holds_within(in_requests jsonb, in_timeout_ms integer)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- billing.reserve_within where holds are among the requests (held_for_ms): a node of the version before has no such function, so it
-- holds nothing, rather than spend later what it took for a pay-out's. Raises as that; 42883 as require_upgraded.
begin
    perform require_upgraded('holds');
    return reserve_within(in_requests, in_timeout_ms);
end;
$$;
