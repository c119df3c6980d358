set role billing_owner;
create or replace function billing.restart_subscription(in_node_id integer)
returns boolean
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.restart_subscription(1)
--
--   Starts the apply worker for a peer anew, now: after an error pglogical
--   waits longer and longer, up to minutes, before it tries again by itself.
--   Call it in a statement of its own, not in a transaction block.
--
-- Parameters
--   in_node_id  the peer, that is, the provider
-- Returns   false when this node has no subscription to it
-- Raises    25001 called in a transaction block
-- ---------------------------------------------------------------------------
declare
    subscription name := format('subscription_from_node%s_to_node%s', in_node_id, local_node_id());
begin
    if not exists (select from pglogical.show_subscription_status() s where s.subscription_name = subscription) then
        return false;
    end if;
    perform pglogical.alter_subscription_disable(subscription, immediate := true);
    perform pglogical.alter_subscription_enable(subscription, immediate := true);
    return true;
end;
$$;
reset role;
