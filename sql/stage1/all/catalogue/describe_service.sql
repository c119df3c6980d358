create or replace function billing.describe_service(in_service_id integer)
returns jsonb
language sql
stable
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.describe_service(1)
--
--   A service as this node knows it: {service_id, name, currency, unit, price: the
--   one that holds now, retired_at, prices: [{valid_from, price}], all of them, the
--   latest first; valid_from is null of the price from before there was a history}.
--   Prices are decimals of major units, as text. Null: there is none.
-- ---------------------------------------------------------------------------
    select jsonb_build_object(
        'service_id', s.id::text, 'name', s.name, 'currency', s.currency, 'unit', s.unit, 'retired_at', s.retired_at,
        'price', price_text(price_at(s, clock_timestamp()), s.currency),
        'prices', coalesce((select jsonb_agg(jsonb_build_object('valid_from', nullif(p.valid_from, '-infinity'),
                                                                'price', price_text(p.price, s.currency)) order by p.valid_from desc)
                              from service_prices p where p.service_id = s.id),
                           jsonb_build_array(jsonb_build_object('valid_from', null, 'price', price_text(price_at(s, clock_timestamp()), s.currency)))))
      from services s
     where s.id = in_service_id;
$$;

create or replace function billing.price_at(in_service billing.services, in_at timestamptz)
returns numeric
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: the price of a service at a moment, in major units; of a moment before its first price, that one.
    select coalesce(
        (select p.price from service_prices p where p.service_id = in_service.id and p.valid_from <= in_at
          order by p.valid_from desc limit 1),
        first_price(in_service.id),
        (select trim_scale(in_service.price_minor / 10::numeric ^ c.exponent) from currencies c where c.code = in_service.currency));
$$;

create or replace function billing.first_price(in_service_id integer)
returns numeric
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: null: it has no history.
    select p.price from service_prices p where p.service_id = in_service_id order by p.valid_from limit 1;
$$;

create or replace function billing.price_text(in_price numeric, in_currency text)
returns text
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: with all decimals of the currency, and those that the price has beyond them.
    select round(in_price, greatest(c.exponent, min_scale(in_price)))::text from currencies c where c.code = in_currency;
$$;

create or replace function billing.shown_minor(in_price numeric, in_currency text)
returns bigint
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: a price as the reference's table and nodes of version 9 show it, rounded to the currency's decimals.
    select round(in_price * 10::numeric ^ c.exponent)::bigint from currencies c where c.code = in_currency;
$$;

create or replace function billing.describe_services(in_service_id integer default null)
returns setof jsonb
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- The catalogue as this node knows it, in order of id, or one service of it: each as billing.describe_service.
    select describe_service(s.id) from services s where in_service_id is null or s.id = in_service_id order by s.id;
$$;

create or replace function billing.list_priced_services()
returns setof jsonb
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- The same of all of them, to charge by. Raises 42883 while the upgrade to this version is not complete: a home of the version before
-- would take a charge for a pay-out.
begin
    perform require_upgraded('charges');
    return query select describe_services();
end;
$$;
