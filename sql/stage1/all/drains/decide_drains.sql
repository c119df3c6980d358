create or replace function billing.decide_drains(in_attempts jsonb)
returns table (
    ordinal            integer,
    verdict            text,
    taken_nodes        integer[],
    taken_minor        bigint[],
    available_minor    numeric,
    stranded_minor     numeric,
    unreachable_nodes  integer[],
    decided_at         timestamptz,
    "position"         text,
    up_to              jsonb
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.decide_drains(1)
--
--   The durable words on several attempts, all given or none.
--
-- Parameters
--   in_attempts  array of {attempt_id, answers, asked_nodes, is_last}, each once, as
--                of billing.decide_drain
-- Returns   a row each, ordinal from 1, as billing.decide_drain
-- Locks     all rows of pay_outs in order of id, of pay_out_attempts in order of id,
--           of account_balances in account order
-- Writes    as billing.decide_drain
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    self constant integer := local_node_id();
    ids  constant uuid[] := array(select (a ->> 'attempt_id')::uuid from jsonb_array_elements(in_attempts) a);
begin
    perform from pay_outs p
      where p.id in (select a.pay_out_id from pay_out_attempts a where a.id = any (ids)) order by p.id for update;
    perform from pay_out_attempts a where a.id = any (ids) order by a.id for update;
    perform from account_balances b
      where b.node_id = self and b.account_id in (select a.account_id from pay_out_attempts a where a.id = any (ids))
      order by b.account_id for update;
    return query
        select u.ordinality::integer, d.*
          from rows from (jsonb_to_recordset(in_attempts)
                   as (attempt_id uuid, answers jsonb, asked_nodes integer[], is_last boolean)) with ordinality u
         cross join lateral decide_drain(u.attempt_id, u.answers, u.asked_nodes, u.is_last) d;
end;
$$;
