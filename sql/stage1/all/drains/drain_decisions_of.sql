create or replace function billing.drain_decisions_of(in_attempt_ids uuid[], in_donor_node_id integer)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.drain_decisions_of(2)
--
--   What this node has decided on attempts of its own, asked by a donor that has
--   waited past the deadline. One still pending past its deadline is aborted here
--   and now.
--
-- Returns   {decided: as billing.close_reservations wants them, pending: ids,
--           unknown: ids never heard of (this node came back from a backup: keep
--           the reservations until its own rows are back)}
-- Raises    GB004 the caller is another node than the donor
-- Locks     as billing.decide_drain
-- Writes    as billing.decide_drain
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    asked     uuid;
    decision  drain_decisions;
    decided   jsonb := '[]';
    pending   jsonb := '[]';
    unknown   jsonb := '[]';
begin
    perform require_caller(in_donor_node_id);
    -- In account order, as everybody locks: several donors may ask about the same accounts at once.
    for asked in select t.id from unnest(in_attempt_ids) as t (id)
                   left join pay_out_attempts a on a.id = t.id order by a.account_id, t.id loop
        if exists (select from pay_out_attempts a where a.id = asked and a.state = 'pending'
                                                    and a.deadline_at <= clock_timestamp()) then
            perform decide_drain(asked, '[]', array[in_donor_node_id], true);
        end if;
        select * into decision from drain_decisions d
         where d.attempt_id = asked and d.node_id = local_node_id();
        if found then
            decided := decided || decision_for(decision, in_donor_node_id);
        elsif exists (select from pay_out_attempts a where a.id = asked) then
            pending := pending || to_jsonb(asked);
        else
            unknown := unknown || to_jsonb(asked);
        end if;
    end loop;
    return jsonb_build_object('decided', decided, 'pending', pending, 'unknown', unknown);
end;
$$;
