create or replace function billing.get_balance(in_account_id bigint, in_tenants text[] default '{default}')
returns table (
    node_id         integer,
    is_own          boolean,
    balance_minor   bigint,
    reserved_minor  bigint,
    is_reachable    boolean,
    as_of           timestamptz,
    total_minor     numeric,
    currency        char(3),
    is_deleted      boolean,
    clawback_minor  numeric,
    held_minor      bigint
)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.get_balance(2)
--
--   Every node's part of an account and their sum, as this node knows them.
--   The own part is exact. Another node's part is a replica: it holds all that
--   its owner had committed at as_of, and maybe more. Money in transit between
--   two nodes is in neither part, and money reserved by a drain or held in none.
--
-- Parameters
--   in_tenants  as of billing.get_account
-- Returns
--   one row a node of node_config, in order of node_id; none if the account is
--   not known here, or not theirs
--   balance_minor   0 where the node has no row yet
--   reserved_minor  set aside there by drains that are not yet settled or released
--   is_reachable    false while this node's breaker for that node is open: its part
--                   is stranded, a pay-out here cannot have it now
--   as_of           own part: now; other parts: the owner's last heartbeat that
--                   arrived here, null if none ever did
--   total_minor     the sum of the parts, the same in each row
--   clawback_minor  of what was credited twice, what is still to be taken back; the same
--                   in each row. It is taken as money comes
--   held_minor      held there by holds: captured, or back in the balance, later
-- ---------------------------------------------------------------------------
    select n.node_id,
           n.node_id = local_node_id(),
           coalesce(b.balance_minor, 0),
           coalesce(b.reserved_minor, 0),
           not exists (select from node_breakers k
                        where k.node_id = n.node_id and k.open_until > clock_timestamp()),
           case when n.node_id = local_node_id() then now() else h.beat_at end,
           sum(coalesce(b.balance_minor, 0)) over (),
           a.currency,
           a.is_deleted,
           coalesce((select sum(c.amount_minor - c.taken_minor) from clawbacks c
                      where c.account_id = a.id and c.taken_minor < c.amount_minor), 0),
           coalesce(b.held_minor, 0)
      from accounts a
     cross join node_config n
      left join account_balances b on b.account_id = a.id and b.node_id = n.node_id
      left join node_heartbeats h on h.node_id = n.node_id
     where a.id = in_account_id and (in_tenants is null or a.tenant = any (in_tenants))
     order by n.node_id;
$$;
