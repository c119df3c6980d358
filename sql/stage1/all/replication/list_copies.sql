create or replace function billing.list_copies()
returns table (node_id integer, subscription_name text, status text)
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_copies()
--
--   Nodes whose rows are being copied to this node, or have to be: what is not
--   found of them here may exist. A copy is one transaction (BILLING_RESUBSCRIBE
--   removes the old rows before it), so until its end nothing of it is seen.
--   A subscription that was copied and is down is not listed: its rows are old,
--   and here. In plpgsql, so that a session plans it once: billing.see_positions asks
--   it again and again.
--
-- Returns
--   status   initializing: of the subscription, whether its copy goes on or was
--            interrupted; missing: between its removal and its making
-- ---------------------------------------------------------------------------
begin
    return query
    select n.node_id, u.name::text, case when p.sub_id is null then 'missing' else 'initializing' end
      from node_config n
     cross join lateral (select subscription_name(n.node_id, local_node_id()) as name) u
      left join pglogical.subscription p on p.sub_name = u.name
     where n.node_id <> local_node_id()
       and not exists (select from pglogical.local_sync_status y
                        where y.sync_subid = p.sub_id and y.sync_nspname is null and y.sync_status = 'r')
     order by n.node_id;
end;
$$;
