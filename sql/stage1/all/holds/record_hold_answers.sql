create or replace function billing.record_hold_answers(in_answers jsonb, out recorded integer, out refused uuid[])
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.record_hold_answers(1)
--
--   Writes down, once and for good, what nodes have answered (billing.ask_hold_parts).
--
-- Returns
--   recorded  answers that were not known before
--   refused   operations that do not fit what a node has (GB018): somebody has to look
-- Locks     rows of hold_asks, in order of their keys
-- Writes    hold_asks
-- ---------------------------------------------------------------------------
declare
    said record;
begin
    recorded := 0;
    refused := '{}';
    for said in
        select n.node_id, a.* from jsonb_to_recordset(in_answers) as n (node_id integer, status text, answers jsonb)
         cross join lateral jsonb_to_recordset(coalesce(nullif(n.answers, 'null'), '[]'))
            as a (operation_id uuid, status text, minor bigint, held_until timestamptz, batch_id bigint)
         order by a.operation_id, n.node_id
    loop
        if said.status = 'refused' then
            refused := refused || said.operation_id;
            continue;
        end if;
        update hold_asks a
           set answered_at = clock_timestamp(), got_minor = coalesce(said.minor, 0), held_until = said.held_until,
               is_over = said.status in ('over', 'returned'), batch_id = said.batch_id
         where a.operation_id = said.operation_id and a.node_id = said.node_id and a.answered_at is null;
        recorded := recorded + case when found then 1 else 0 end;
    end loop;
end;
$$;
