create or replace function billing.restart_subscription(in_node_id integer)
returns boolean
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.restart_subscription(1)
--
--   Starts the apply worker for a peer anew: after an error pglogical waits up
--   to minutes before it looks at the worker again. One that failed less than
--   5 s ago is started when those are over (MIN_SLEEP of its manager, which sees
--   the subscription disabled only if that commits by itself). A crash in the
--   middle leaves the subscription as it was.
--   One that is disabled stays so: an operator's disable stops the worker before
--   it commits, so that a watchdog may have seen the subscription down just then.
--   Call it in a statement of its own, not in a transaction block.
--
-- Parameters
--   in_node_id  the peer, that is, the provider
-- Returns   false when this node has no subscription to it, or a disabled one
-- Raises    25001 called in a transaction block
-- ---------------------------------------------------------------------------
declare
    subscription name := subscription_name(in_node_id, local_node_id());
begin
    if not exists (select from pglogical.show_subscription_status() s
                    where s.subscription_name = subscription and s.status <> 'disabled') then
        return false;
    end if;
    perform pglogical.alter_subscription_disable(subscription, immediate := true);
    perform pglogical.alter_subscription_enable(subscription, immediate := true);
    return true;
end;
$$;
