create or replace function billing.subscription_name(in_provider_id integer, in_subscriber_id integer)
returns name
language sql
immutable
as $$
-- What the subscription of one node to another is called, as stage2 makes it. No settings, so that it is inlined.
    select ('subscription_from_node' || in_provider_id::text || '_to_node' || in_subscriber_id::text)::name
$$;
