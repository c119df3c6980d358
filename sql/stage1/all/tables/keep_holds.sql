-- Holds: amounts that are authorised, and later captured, given back, or over (docs/holds.md). Schema version 10.
set role billing_owner;
do $$ begin
    -- open -> voided, over: what home does with it. For good.
    create type billing.hold_state as enum ('open', 'voided', 'over');
exception when duplicate_object then null; end $$;
do $$ begin
    -- held -> captured (whole), voided, expired: at the node that has it. For good.
    create type billing.hold_part_state as enum ('held', 'captured', 'voided', 'expired');
exception when duplicate_object then null; end $$;
do $$ begin
    create type billing.hold_operation_kind as enum ('capture', 'void', 'extension');
exception when duplicate_object then null; end $$;

-- Of a part what holds hold: out of balance_minor, and no reservation. Looked for first, as everything here: whoever sends the
-- table is told of each change.
reset role;
do $$ begin
    if not exists (select from pg_attribute where attrelid = 'billing.account_balances'::regclass and attname = 'held_minor') then
        perform pg_temp.lock_for_senders('billing.account_balances');
        alter table billing.account_balances add column held_minor bigint not null default 0;
        -- Not valid: new rows are checked, the table is not read.
        alter table billing.account_balances
            add constraint account_balances_held_minor_check check (held_minor >= 0) not valid;
    end if;
    if not exists (select from pg_attribute where attrelid = 'billing.batches'::regclass and attname = 'held_minor') then
        perform pg_temp.lock_for_senders('billing.batches');
        -- Beside reserved_minor; null: nothing is held in any of these parts.
        alter table billing.batches add column held_minor bigint[];
        begin
            alter table billing.batches alter column held_minor set compression lz4;
        exception when feature_not_supported then null;
        end;
    end if;
end $$;

do $$ begin
    if not exists (select from pg_attribute where attrelid = 'billing.pay_outs'::regclass and attname = 'held_for_ms') then
        -- Not null: it is a hold, for so long from the begin of the attempt that is committed.
        alter table billing.pay_outs add column held_for_ms bigint;
    end if;
    if not exists (select from pg_attribute where attrelid = 'billing.reservations'::regclass and attname = 'hold_ends_at') then
        -- Not null: a hold's, whose time is over here then. Until it is decided that says nothing.
        alter table billing.reservations add column hold_ends_at timestamptz;
    end if;
end $$;
set role billing_owner;

-- Holds that were decided for, at their home, beside the row of pay_outs that says who asked for what. For ever, as that. No foreign
-- key: each hold would lock that row once more, and the auditor looks for it.
create table if not exists billing.holds (
    id          uuid                primary key,                   -- of pay_outs
    account_id  bigint              not null,
    state       billing.hold_state  not null default 'open',
    ends_at     timestamptz         not null,    -- by this node's clock: of the row and of this node's part
    ended_at    timestamptz
);

-- What this node holds of them. For ever: what is captured is what was paid.
create table if not exists billing.hold_parts (
    hold_id         uuid                     primary key,
    home_node_id    integer                  not null,
    account_id      bigint                   not null,
    amount_minor    bigint                   not null check (amount_minor > 0),   -- that the decision has taken
    captured_minor  bigint                   not null default 0 check (captured_minor >= 0),
    returned_minor  bigint                   not null default 0 check (returned_minor >= 0),
    state           billing.hold_part_state  not null default 'held',
    ends_at         timestamptz              not null,    -- by this node's clock
    reference       text,
    held_at         timestamptz              not null default clock_timestamp(),
    ended_at        timestamptz,
    check (captured_minor + returned_minor <= amount_minor)
);

-- What was captured of them here, each once.
create table if not exists billing.hold_captures (
    hold_id       uuid         not null references billing.hold_parts (hold_id),
    capture_id    uuid         not null,
    account_id    bigint       not null,
    amount_minor  bigint       not null check (amount_minor > 0),
    captured_at   timestamptz  not null default clock_timestamp(),
    primary key (hold_id, capture_id)
);

-- What was asked of a hold, at its home, and begun; what was refused is not kept. For ever.
create table if not exists billing.hold_operations (
    id               uuid                         primary key,  -- billing.key_hash: a home that was restored gives the same one
    hold_id          uuid                         not null,
    kind             billing.hold_operation_kind  not null,
    tenant           text collate "C"             not null,
    client_id        text collate "C"             not null,
    idempotency_key  text collate "C"             not null,
    fingerprint      bytea                        not null,
    amount_minor     bigint,                                    -- of a capture
    ends_at          timestamptz,                               -- of an extension, by this node's clock
    reference        text,
    metadata         json,
    created_at       timestamptz                  not null default clock_timestamp()
);

-- What each node is asked for by them; this one's own part answers in the commit that asks.
create table if not exists billing.hold_asks (
    operation_id  uuid     not null references billing.hold_operations (id),
    node_id       integer  not null,
    hold_id       uuid     not null,
    minor         bigint   not null,           -- of a capture: so much; of a void: what home takes to be left; else 0
    asked_at      timestamptz  not null default clock_timestamp(),   -- first; again, if the node refused or failed
    answered_at   timestamptz,                 -- null: unknown, and asked again
    got_minor     bigint,                      -- captured, given back
    is_over       boolean  not null default false,   -- the part has nothing to give any more
    batch_id      bigint,              -- of another node: of its answer (docs/positions.md)
    held_until    timestamptz,                 -- of an extension, by that node's clock
    primary key (operation_id, node_id)
);

-- A request of billing.authorise_holds on its way through it.
do $$ begin
    create type billing.hold_request as (
        i             integer,
        tenant        text,
        client_id     text,
        key           text,
        fingerprint   bytea,
        account_id    bigint,
        amount_minor  bigint,
        currency      text,
        deadline_ms   integer,
        held_for_ms   bigint,
        reference     text,
        metadata      text,
        may_drain     boolean,
        key_hash      uuid,
        id            uuid,    -- of the hold
        status        text     -- null: nothing is against it so far
    );
exception when duplicate_object then null; end $$;
reset role;
