create or replace function billing.reserve_within(in_requests jsonb, in_timeout_ms integer)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- billing.reserve for a caller elsewhere who stops listening after in_timeout_ms: waits for a lock no
-- longer than half of that. (lock_timeout set here holds for the locks taken below; statement_timeout
-- would not, so that one is the role's.) Raises GB004 a drain of another node than the caller.
begin
    perform require_caller((r ->> 'coordinator_node_id')::integer) from jsonb_array_elements(in_requests) r;
    perform set_config('lock_timeout', greatest(in_timeout_ms / 2, 1)::text, true);
    return reserve(in_requests);
end;
$$;
