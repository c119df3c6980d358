-- Pay-ins whose home is another node than the one whose Kafka took them (docs/key-homes.md). Schema version 10.
set role billing_owner;
do $$ begin
    if not exists (select from pg_attribute where attrelid = 'billing.parked_pay_ins'::regclass and attname = 'home_node_id') then
        alter table billing.parked_pay_ins
            add column home_node_id   integer,       -- another node, which credits it; null: it waits for its account
            add column handed_over_at timestamptz;   -- last, without an end
    end if;
end $$;

-- Credited at their homes, as those have said. For ever, as entries are. Stays at its node.
create table if not exists billing.forwarded_pay_ins (
    command_id    uuid         primary key,
    tenant        text         collate "C" not null,
    home_node_id  integer      not null,
    account_id    bigint       not null,
    amount_minor  bigint       not null,
    currency      char(3)      not null,
    reference     text,
    forwarded_at  timestamptz  not null default now()
);
reset role;
