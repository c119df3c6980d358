create or replace function billing.count_open_dead_letters()
returns table (reason billing.dead_letter_reason, letters bigint)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- As gateways that still run while a node is brought up to date call it; billing.count_dead_letters says the same. To go
-- with version 7.
    select c.reason::dead_letter_reason, c.letters from count_dead_letters() c where c.letters > 0;
$$;
