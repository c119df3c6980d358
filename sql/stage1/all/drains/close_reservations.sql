create or replace function billing.close_reservations(in_decisions jsonb)
returns uuid[]
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.close_reservations(1)
--
--   Carries out decisions on what this node holds: settles, releases, or leaves a
--   tombstone. Called by the deciding node as billing_peer, and here by recovery.
--
-- Parameters
--   in_decisions  array of {attempt_id, account_id, coordinator_node_id,
--                 taken_rounds, taken_minor}: what is taken here
-- Returns   the attempts whose decision does not fit what is held here (GB018):
--           nothing was done to them, somebody has to look
-- Locks     as billing.close_attempt, in account order
-- Writes    as billing.close_attempt
-- Raises    GB004 a decision of another node than the caller
-- ---------------------------------------------------------------------------
declare
    refused   uuid[] := '{}';
    decision  record;
begin
    perform require_caller((d ->> 'coordinator_node_id')::integer) from jsonb_array_elements(in_decisions) d;
    for decision in
        select * from jsonb_to_recordset(in_decisions)
            as d (attempt_id uuid, account_id bigint, coordinator_node_id integer,
                  taken_rounds integer[], taken_minor bigint[])
         order by d.account_id, d.attempt_id
    loop
        begin
            perform close_attempt(decision.attempt_id, decision.account_id, decision.coordinator_node_id,
                                  coalesce(decision.taken_rounds, '{}'), coalesce(decision.taken_minor, '{}'));
        exception when sqlstate 'GB018' then
            refused := refused || decision.attempt_id;
        end;
    end loop;
    return refused;
end;
$$;
