create or replace function billing.write_services_view()
returns trigger
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- Trigger on the view public.services: INSERT (id may be left out), UPDATE and
-- DELETE at node 1, the catalogue's home, with prices in major units, which hold from
-- now on.
--
-- Locks     services, against other writers of the catalogue
-- Raises    GB001 a price below zero or with too many decimals
--           GB004 at another node      GB005 unknown currency
--           GB021 another id for a service that is there, another price of a retired one,
--                 another currency or the end of one with a history of prices
-- ---------------------------------------------------------------------------
declare
    asked_minor bigint;
    changed     services;
begin
    lock table services in share row exclusive mode;
    if tg_op = 'DELETE' then
        if exists (select from service_prices p where p.service_id = old.id) then
            perform refuse_view_write('services', 'a service whose price has a history is not deleted: it may have been charged', 'Retire it.');
        end if;
        delete from services where id = old.id;
        return old;
    end if;
    asked_minor := to_minor(new.price, new.currency);
    if asked_minor < 0 then
        raise exception 'a price is not below zero, as % is', new.price using errcode = 'GB001';
    end if;
    if tg_op = 'INSERT' then
        if new.id is null then
            new.id := greatest((select max(s.id) from services s), (select max(a.service_id) from service_acts a), 0) + 1;
        end if;
        insert into services (id, name, price_minor, currency) values (new.id, new.name, asked_minor, new.currency);
        return new;
    end if;
    if new.id is distinct from old.id then
        perform refuse_view_write('services', 'a service keeps its id', 'Insert another service.');
    end if;
    if new.currency is distinct from old.currency then
        if exists (select from service_prices p where p.service_id = old.id) then
            perform refuse_view_write('services', 'a service whose price has a history keeps its currency', 'Insert another service.');
        end if;
        update services set name = new.name, currency = new.currency, price_minor = asked_minor where id = old.id;
        return new;
    end if;
    update services set name = new.name where id = old.id returning * into changed;
    if new.price is distinct from old.price then
        if reprice_service(changed, jsonb_build_object('price', new.price::text), session_user) = 'retired' then
            perform refuse_view_write('services', 'a retired service keeps its price', 'Insert another service.');
        end if;
    end if;
    return new;
end;
$$;
