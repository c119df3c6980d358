-- Pay-ins that two nodes have credited under one command id before they could know of each other, and what is taken back of
-- them (docs/key-homes.md). Schema version 10.
set role billing_owner;

-- As one node has found them: billing.note_duplicate_pay_ins. For ever.
create table if not exists billing.duplicate_pay_ins (
    node_id         integer      not null,    -- whoever found it, which owns the row
    command_id      uuid         not null,
    later_node_id   integer      not null,    -- takes it back, if is_same
    stands_node_id  integer      not null,    -- credited it earlier; of two at one moment, the lower node
    account_id      bigint       not null,    -- of the later one
    amount_minor    bigint       not null,
    is_same         boolean      not null,    -- false: two pay-ins under one command id, for people to look at
    found_at        timestamptz  not null default clock_timestamp(),
    primary key (node_id, command_id, later_node_id, stands_node_id)
);
create index if not exists duplicate_pay_ins_command on billing.duplicate_pay_ins (command_id);
create index if not exists duplicate_pay_ins_different on billing.duplicate_pay_ins (account_id) where not is_same;

-- Pay-ins of this node that are to be taken back: noted by the trigger trg_note_duplicate_pay_in, whoever has found them, until
-- billing.make_clawbacks makes clawbacks of them. Stays at its node.
create table if not exists billing.arrived_duplicate_pay_ins (
    command_id  uuid         primary key,
    tried_at    timestamptz  not null default '-infinity'   -- last, without success
);

-- What is taken back of them, by pay-outs of the node that has credited the later one: open until all of it was.
create table if not exists billing.clawbacks (
    node_id         integer      not null,
    command_id      uuid         not null,
    account_id      bigint       not null,
    amount_minor    bigint       not null check (amount_minor > 0),
    taken_minor     bigint       not null default 0 check (taken_minor between 0 and amount_minor),
    stands_node_id  integer      not null,
    pay_out_ids     uuid[]       not null default '{}',   -- that have taken it
    opened_at       timestamptz  not null default clock_timestamp(),
    tried_at        timestamptz  not null default '-infinity',
    -- A pay-out under the key of this row was sent then, and may not be counted yet.
    sent_at         timestamptz,
    primary key (node_id, command_id)
);
create index if not exists clawbacks_open on billing.clawbacks (account_id) where taken_minor < amount_minor;
reset role;
