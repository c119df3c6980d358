-- Prices of services, and what was charged by them (docs/charges.md). Schema version 10.
reset role;
do $$ begin
    if not exists (select from pg_attribute where attrelid = 'billing.services'::regclass and attname = 'retired_at') then
        perform pg_temp.lock_for_senders('billing.services');
        alter table billing.services
            add column unit text check (length(unit) between 1 and 32),   -- of which the price is for one; null: none is named
            add column retired_at timestamptz;                            -- not null: charged no more
    end if;
    -- Of a pay-out that is a charge: {service_id, quantity, price, unit, amount_minor}, all strings.
    if not exists (select from pg_attribute where attrelid = 'billing.pay_outs'::regclass and attname = 'charge') then
        alter table billing.pay_outs add column charge jsonb;
    end if;
    if not exists (select from pg_attribute where attrelid = 'billing.arrived_keys'::regclass and attname = 'charge') then
        alter table billing.arrived_keys add column charge jsonb;
    end if;
    -- Null: of none of the keys. It travels with them, since who repeats a charge elsewhere may know another price by then.
    if not exists (select from pg_attribute where attrelid = 'billing.batches'::regclass and attname = 'key_charges') then
        perform pg_temp.lock_for_senders('billing.batches');
        alter table billing.batches add column key_charges jsonb[];
    end if;
end $$;
set role billing_owner;

-- From when on a service has which price; for ever, but for those that are yet to come. A service without a row that holds has
-- the price of its own row.
create table if not exists billing.service_prices (
    service_id  integer      not null,
    valid_from  timestamptz  not null,
    price       numeric      not null check (price >= 0 and scale(price) <= 10),   -- of one unit, in major units
    client_id   text         not null,
    set_at      timestamptz  not null default now(),
    primary key (service_id, valid_from)
);

-- What was done to the catalogue by the word of somebody. Append only; stays at the catalogue's home.
create table if not exists billing.service_acts (
    id          uuid         primary key default gen_random_uuid(),
    service_id  integer      not null,
    act         text         not null check (act in ('create', 'reprice', 'retire')),
    client_id   text         not null,
    address     inet,
    acted_at    timestamptz  not null default now(),
    before      jsonb,
    after       jsonb        not null
);
reset role;
