create or replace function billing.deliver_transfers(
    in_to_node_id  integer,
    in_limit       integer,
    in_timeout_ms  integer,
    out status     text,
    out delivered  uuid[],
    out refused    uuid[]
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.deliver_transfers(3)
--
--   Brings transfers in transit to their node: one call of its
--   billing.receive_transfers for all. Writes nothing of them here, because the
--   answer may never come: the caller goes on with
--   billing.mark_transfers_delivered in a transaction of its own. A crash in
--   between means that they are brought again, and credited once all the same.
--
-- Parameters
--   in_limit       transfers at most; those longest untouched first
--   in_timeout_ms  how long to wait for the answer
-- Returns
--   status     nothing      none is in transit to that node
--              delivered    the node answered
--              unreachable  nothing was sent
--              unknown      no answer: they may be there or not; bring them again
--   delivered  credited there, now or before
--   refused    not credited, and not to be before somebody has looked: they stay
--              in transit
-- Writes    node_breakers
-- Raises    what the other node raises; 55P03 and 40P01: again later
-- ---------------------------------------------------------------------------
declare
    account_ids   bigint[];
    amounts_minor bigint[];
    asked         record;
begin
    refused := '{}';
    select coalesce(array_agg(t.id order by t.id), '{}'), array_agg(t.account_id order by t.id),
           array_agg(t.amount_minor order by t.id)
      into delivered, account_ids, amounts_minor
      from (select id, account_id, amount_minor from transfers
             where node_id = local_node_id() and to_node_id = in_to_node_id and state = 'in_transit'
             order by updated_at
             limit in_limit) t;
    if cardinality(delivered) = 0 then
        status := 'nothing';
        return;
    end if;

    asked := ask_node(in_to_node_id,
                      format('select billing.receive_transfers(%L::uuid[], %L::bigint[], %L::bigint[])::text',
                             delivered, account_ids, amounts_minor),
                      in_timeout_ms);
    if asked.status = 'answered' then
        status := 'delivered';
        refused := asked.answer::uuid[];
        delivered := array(select id from unnest(delivered) as d (id) where id <> all (refused));
    else
        status := asked.status;
        delivered := '{}';
    end if;
end;
$$;
