create or replace function billing.list_services()
returns table (id integer, name text, price_minor bigint, currency char(3))
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- The catalogue as this node knows it, in order of id, with rounded prices: for apps of version 9 (billing.describe_services).
    select s.id, s.name, shown_minor(price_at(s, clock_timestamp()), s.currency), s.currency from services s order by s.id;
$$;
