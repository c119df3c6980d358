create or replace function billing.execute_hold(in_requests jsonb)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.execute_hold(1)
--
--   One hold that another node was asked for and whose key has its home here, drained
--   for if this part does not cover it, to its end. Called as billing_peer.
--
--   AUTONOMOUS, as billing.execute_drain.
--
-- Parameters
--   in_requests  as billing.authorise_holds, one
-- Returns, Writes, Raises   as billing.execute_drain; 42883 as billing.require_upgraded
-- ---------------------------------------------------------------------------
begin
    perform require_upgraded('holds');
    return execute_drain(in_requests);
end;
$$;
