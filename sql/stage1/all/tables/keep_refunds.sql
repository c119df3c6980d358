-- What was given back of pay-outs and captures (docs/refunds.md). Schema version 10.
set role billing_owner;
select 'alter table billing.pay_outs add column refunded_minor bigint not null default 0'
 where not exists (select from pg_attribute where attrelid = 'billing.pay_outs'::regclass and attname = 'refunded_minor')
\gexec
select 'alter table billing.pay_outs add constraint pay_outs_refunded_check check (refunded_minor between 0 and amount_minor) not valid'
 where not exists (select from pg_constraint where conrelid = 'billing.pay_outs'::regclass and conname = 'pay_outs_refunded_check')
\gexec
-- Apart: it reads all pay-outs, and keeps nobody from writing.
select 'alter table billing.pay_outs validate constraint pay_outs_refunded_check'
 where exists (select from pg_constraint where conname = 'pay_outs_refunded_check' and not convalidated)
\gexec

-- Each an entry refund of this node, which keeps the pay-out; the sum of a pay-out's is its refunded_minor. For ever.
create table if not exists billing.refunds (
    id               uuid         primary key,          -- as that of a pay-out: it names this node
    pay_out_id       uuid         not null references billing.pay_outs (id),
    tenant           text         collate "C" not null,
    client_id        text         collate "C" not null,
    idempotency_key  text         collate "C",          -- null once forgotten, and of one that moved here
    key_hash         uuid,                              -- billing.key_hash, as long
    fingerprint      bytea        not null,
    amount_minor     bigint       not null check (amount_minor > 0),
    reference        text,
    metadata         json,
    created_at       timestamptz  not null,
    moved_from       uuid         unique                -- the refund of a reversed duplicate that this one stands for, once
);

-- Refunds of this node whose pay-out was given back, as another one stands: each is to be one of that (billing.move_refunds).
create table if not exists billing.moved_refunds (
    refund_id    uuid         primary key references billing.refunds (id),
    to_id        uuid         not null,                 -- the pay-out whose node is asked: on only by its word
    moved_minor  bigint       check (moved_minor >= 0), -- null: open; what could still be refunded there
    tried_at     timestamptz  not null default '-infinity',
    detail       text                                   -- why it is open
);

-- Of a capture of a hold of this node: pay_out_id is the hold, whose refunded_minor is the sum of all its captures'.
select 'alter table billing.refunds add column capture_id uuid references billing.hold_operations (id)'
 where not exists (select from pg_attribute where attrelid = 'billing.refunds'::regclass and attname = 'capture_id')
\gexec
-- Of a capture; what it has got, by its nodes' word, is the bound, and no more than it asked for.
select 'alter table billing.hold_operations add column refunded_minor bigint not null default 0
            check (refunded_minor between 0 and coalesce(amount_minor, 0))'
 where not exists (select from pg_attribute where attrelid = 'billing.hold_operations'::regclass and attname = 'refunded_minor')
\gexec
reset role;
