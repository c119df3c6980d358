create or replace function billing.deliver_transfers(
    in_to_node_id  integer,
    in_limit       integer,
    in_timeout_ms  integer,
    out status     text,
    out delivered  uuid[],
    out refused    uuid[],
    out unseen     uuid[]
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.deliver_transfers(3)
--
--   Brings transfers in transit to their node: one call of its
--   billing.take_transfers for all. Writes nothing of them here, because the
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
--   unseen     not credited, as replication has not shown them there yet: bring them
--              again in a moment. Of those that wait longer the other node asks
-- Writes    node_breakers
-- Raises    what the other node raises; 55P03 and 40P01: again later
-- ---------------------------------------------------------------------------
declare
    account_ids   bigint[];
    amounts_minor bigint[];
    is_overdue    boolean;
    asked         record;
begin
    refused := '{}';
    unseen := '{}';
    select coalesce(array_agg(t.id order by t.id), '{}'), array_agg(t.account_id order by t.id),
           array_agg(t.amount_minor order by t.id), bool_or(t.updated_at < now() - interval '1 second')
      into delivered, account_ids, amounts_minor, is_overdue
      from (select id, account_id, amount_minor, updated_at from transfers
             where node_id = local_node_id() and to_node_id = in_to_node_id and state = 'in_transit'
             order by updated_at
             limit in_limit) t;
    if cardinality(delivered) = 0 then
        status := 'nothing';
        return;
    end if;

    begin
        asked := ask_node(in_to_node_id,
                          format('select billing.take_transfers(%L::uuid[], %L::bigint[], %L::bigint[], %L)::text',
                                 delivered, account_ids, amounts_minor, is_overdue),
                          in_timeout_ms);
    exception when undefined_function then
        -- A node of version 7 refuses or credits, and needs nothing shown.
        asked := ask_node(in_to_node_id,
                          format('select jsonb_build_object(''unseen'', ''[]''::jsonb, ''refused'', '
                                 'to_jsonb(billing.receive_transfers(%L::uuid[], %L::bigint[], %L::bigint[])))::text',
                                 delivered, account_ids, amounts_minor),
                          in_timeout_ms);
    end;
    if asked.status = 'answered' then
        status := 'delivered';
        refused := array(select jsonb_array_elements_text(asked.answer::jsonb -> 'refused'));
        unseen := array(select jsonb_array_elements_text(asked.answer::jsonb -> 'unseen'));
        delivered := array(select id from unnest(delivered) as d (id) where id <> all (refused || unseen));
    else
        status := asked.status;
        delivered := '{}';
    end if;
end;
$$;
