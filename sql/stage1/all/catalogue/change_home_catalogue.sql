create or replace function billing.change_home_catalogue(
    in_act        text,
    in_change     jsonb,
    in_client_id  text,
    in_address    inet
)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.change_home_catalogue(4)
--
--   An act on the catalogue at its home, which alone writes its rows, and keeps who
--   did it. Peers call it for billing.change_catalogue.
--
-- Parameters  as billing.change_catalogue
-- Returns   {status: not_found · exists · retired · past · unchanged · changed, service,
--           position}
-- Locks     services, against other writers of the catalogue
-- Writes    services, service_prices, service_acts, batches
-- Raises    GB001 no such price, GB004 the catalogue's home is elsewhere, GB005 unknown currency, GB008 no name, 42883 the
--           upgrade to this version is not complete
-- ---------------------------------------------------------------------------
declare
    wanted  services;
    before  jsonb;
    after   jsonb;
    result  text;
begin
    perform require_local_node(1);
    perform require_upgraded('changes of the catalogue');
    lock table services in share row exclusive mode;
    select * into wanted from services s
     where case when in_act = 'create' then s.name = in_change ->> 'name' else s.id = (in_change ->> 'service_id')::integer end;
    before := describe_service(wanted.id);
    result := case
        when in_act = 'create' then create_service(wanted, in_change, in_client_id)
        when wanted.id is null then 'not_found'
        when in_act = 'reprice' then reprice_service(wanted, in_change, in_client_id)
        when in_act = 'retire' and wanted.retired_at is not null then 'unchanged'
        when in_act = 'retire' then 'changed' end;
    if result is null then
        raise exception 'no act on the catalogue is called "%"', in_act using errcode = 'GB004';
    end if;
    if in_act = 'retire' then
        update services s set retired_at = clock_timestamp() where s.id = wanted.id and s.retired_at is null;
    end if;
    after := describe_service(coalesce(wanted.id, (select s.id from services s where s.name = in_change ->> 'name')));
    if result = 'changed' then
        insert into service_acts (service_id, act, client_id, address, before, after)
        values ((after ->> 'service_id')::integer, in_act, in_client_id, in_address, before, after);
    end if;
    return jsonb_build_object('status', result, 'service', after, 'position', case when result = 'changed' then write_position() end);
end;
$$;

create or replace function billing.create_service(in_named billing.services, in_change jsonb, in_client_id text)
returns text
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: of billing.change_home_catalogue. in_named: the service of that name; of nulls: there is none. The same again is no error,
-- whatever its price has become since.
declare
    asked_currency constant text := in_change ->> 'currency';
    asked_price    constant numeric := checked_price(in_change ->> 'price');
    new_id         integer;
begin
    if coalesce(btrim(in_change ->> 'name'), '') = '' then
        raise exception 'a service needs a name' using errcode = 'GB008';
    elsif not exists (select from currencies c where c.code = asked_currency) then
        raise exception 'unknown currency "%"', asked_currency using errcode = 'GB005';
    end if;
    if in_named.id is not null then
        return case when in_named.currency = asked_currency and in_named.unit is not distinct from in_change ->> 'unit'
                     and in_named.retired_at is null and first_price(in_named.id) = asked_price then 'unchanged' else 'exists' end;
    end if;
    -- Not one that was deleted by hand: charges name it.
    new_id := greatest((select max(s.id) from services s), (select max(a.service_id) from service_acts a), 0) + 1;
    insert into services (id, name, price_minor, currency, unit)
    values (new_id, in_change ->> 'name', shown_minor(asked_price, asked_currency), asked_currency, in_change ->> 'unit');
    insert into service_prices (service_id, valid_from, price, client_id) values (new_id, clock_timestamp(), asked_price, in_client_id);
    return 'changed';
end;
$$;

create or replace function billing.reprice_service(in_service billing.services, in_change jsonb, in_client_id text)
returns text
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: of billing.change_home_catalogue. A price that is yet to come may be set again. The price that held before this table had
-- any is written down, so that it is told of what was charged by it.
declare
    asked_price  constant numeric := checked_price(in_change ->> 'price');
    -- Of now, not of the transaction's beginning: its lock was waited for.
    moment       constant timestamptz := clock_timestamp();
    asked_from   constant timestamptz := coalesce((in_change ->> 'valid_from')::timestamptz, moment);
begin
    if in_service.retired_at is not null then
        return 'retired';
    elsif price_at(in_service, asked_from) = asked_price
          and (in_change ->> 'valid_from' is null
               or exists (select from service_prices p where p.service_id = in_service.id and p.valid_from = asked_from)) then
        return 'unchanged';
    elsif asked_from < moment then
        return 'past';
    end if;
    insert into service_prices (service_id, valid_from, price, client_id)
    select in_service.id, '-infinity', price_at(in_service, '-infinity'), in_client_id
     where not exists (select from service_prices p where p.service_id = in_service.id);
    insert into service_prices as p (service_id, valid_from, price, client_id)
    values (in_service.id, asked_from, asked_price, in_client_id)
    on conflict (service_id, valid_from) do update set price = excluded.price, client_id = excluded.client_id, set_at = moment;
    if asked_from <= moment then
        update services s set price_minor = shown_minor(asked_price, s.currency) where s.id = in_service.id;
    end if;
    return 'changed';
end;
$$;

create or replace function billing.checked_price(in_price text)
returns numeric
language plpgsql
immutable
set search_path = billing, pg_temp
as $$
-- Internal: a price as a client writes it. Raises GB001.
begin
    -- With four decimals of a currency it is within bigint.
    if in_price ~ '^[0-9]{1,14}(\.[0-9]{1,10})?$' then
        return trim_scale(in_price::numeric);
    end if;
    raise exception 'a price is a decimal of at most 14 digits and 10 decimals, as "%" is not', left(in_price, 50) using errcode = 'GB001';
end;
$$;
