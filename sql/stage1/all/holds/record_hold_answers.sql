create or replace function billing.record_hold_answers(in_answers jsonb, out recorded integer, out refused uuid[], out failed jsonb)
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
--   failed    an array of {node_id, operation_id, code, message}: what raised there, and
--             is asked again; without an operation_id: the whole call did
-- Locks     rows of hold_asks, in order of their keys
-- Writes    hold_asks; what is refused or has failed goes behind the others
-- ---------------------------------------------------------------------------
declare
    said record;
begin
    recorded := 0;
    refused := '{}';
    failed := (select coalesce(jsonb_agg(jsonb_build_object('node_id', n.node_id, 'operation_id', null, 'code', n.code, 'message', n.message)), '[]')
                 from jsonb_to_recordset(in_answers) as n (node_id integer, status text, code text, message text) where n.status = 'failed');
    for said in
        select n.node_id, a.* from jsonb_to_recordset(in_answers) as n (node_id integer, status text, answers jsonb)
         cross join lateral jsonb_to_recordset(coalesce(nullif(n.answers, 'null'), '[]'))
            as a (operation_id uuid, status text, minor bigint, held_until timestamptz, batch_id bigint, code text, message text)
         order by a.operation_id, n.node_id
    loop
        if said.status in ('captured', 'returned', 'extended', 'over') then
            update hold_asks a
               set answered_at = clock_timestamp(), got_minor = coalesce(said.minor, 0), held_until = said.held_until,
                   is_over = said.status in ('over', 'returned'), batch_id = said.batch_id
             where a.operation_id = said.operation_id and a.node_id = said.node_id and a.answered_at is null;
            recorded := recorded + case when found then 1 else 0 end;
        else
            update hold_asks a set asked_at = clock_timestamp()
             where a.operation_id = said.operation_id and a.node_id = said.node_id and a.answered_at is null;
            if said.status = 'refused' then
                refused := refused || said.operation_id;
            else
                failed := failed || jsonb_build_object('node_id', said.node_id, 'operation_id', said.operation_id,
                                                       'code', said.code, 'message', said.message);
            end if;
        end if;
    end loop;
end;
$$;
