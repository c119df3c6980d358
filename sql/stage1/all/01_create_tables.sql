-- Tables of one node. Money is bigint minor units; a row with a node_id is written
-- only by the node it names and reaches the others by pglogical (see ../../README.md).
-- Forward only: a later change is an idempotent "alter table" at the end of this file.

create schema if not exists billing authorization billing_owner;
set role billing_owner;
set search_path = billing, pg_temp;

do $$ begin
    create type billing.operation_type as enum (
        'pay_in',        -- credit that came through Kafka; operation_id is the command id
        'deposit',       -- credit by deposit_balance
        'opening',       -- money an account was opened with
        'pay_out',       -- debit of this node's part by a pay-out
        'reserve',       -- set aside for a drain
        'release',       -- given back by a drain
        'transfer_out',  -- moved to another node's part
        'transfer_in',   -- arrived from another node's part
        'correction',    -- an operator's act, either sign
        'refund',        -- of a pay-out, given back at the node that keeps it
        'return'         -- given back of what a hold held
    );
exception when duplicate_object then null; end $$;
alter type billing.operation_type add value if not exists 'refund';   -- schema version 9 had neither
alter type billing.operation_type add value if not exists 'return';

do $$ begin
    -- planned -> in_transit -> delivered; planned -> cancelled (nothing left to send).
    create type billing.transfer_state as enum ('planned', 'in_transit', 'delivered', 'cancelled');
exception when duplicate_object then null; end $$;

do $$ begin
    create type billing.dead_letter_reason as enum (
        'invalid_json',       -- the value is no JSON object
        'invalid_message',    -- a field is missing, of the wrong type or out of range
        'unknown_currency',
        'currency_mismatch',  -- the account has another currency
        'account_deleted',
        'account_not_found',  -- parked until its limit, and still unknown
        'command_conflict',   -- the command id was applied before with other content
        'balance_limit',      -- the local balance would leave the range of bigint
        'command_discarded'   -- an operator discarded the command id before
    );
exception when duplicate_object then null; end $$;
alter type billing.dead_letter_reason add value if not exists 'command_discarded';

do $$ begin
    create type billing.dead_letter_state as enum ('open', 'replayed', 'corrected', 'discarded');
exception when duplicate_object then null; end $$;

do $$ begin
    create type billing.dead_letter_act as enum (
        'retry',              -- of a parked pay-in: now rather than at the worker's next turn
        'replay',             -- credited as it came, under its own command id
        'correct',            -- credited with other content
        'discard'             -- never to be credited
    );
exception when duplicate_object then null; end $$;

do $$ begin
    create type billing.halt_reason as enum (
        'log_truncated',      -- the broker's log begins after the stored offset: retention took messages
        'log_shorter',        -- the high watermark lies below the stored offset: the topic was made anew
        'unknown_below',      -- a message below the stored offset has no outcome here: made anew and refilled
        'unreadable'          -- what stands in the log cannot be read: broken bytes, or too many of them
    );
exception when duplicate_object then null; end $$;
alter type billing.halt_reason add value if not exists 'unreadable';   -- schema version 4 had none

do $$ begin
    -- pending -> committed, for good; pending -> rejected -> pending again, when its key is used again.
    -- Of a hold: pending -> held.
    create type billing.pay_out_status as enum ('pending', 'committed', 'rejected', 'held');
exception when duplicate_object then null; end $$;
alter type billing.pay_out_status add value if not exists 'held';   -- schema version 9 had none

do $$ begin
    -- Of an attempt: pending -> committed or aborted, for good. A decision is one of the last two.
    create type billing.attempt_state as enum ('pending', 'committed', 'aborted');
exception when duplicate_object then null; end $$;

do $$ begin
    -- reserved -> settled (spent, the excess given back) or released (given back), for good.
    create type billing.reservation_state as enum ('reserved', 'settled', 'released');
exception when duplicate_object then null; end $$;

-- Which node this database is. One row, set once by the pipeline, never replicated.
create table if not exists billing.node_identity (
    singleton  boolean primary key default true check (singleton),
    node_id    integer not null check (node_id between 1 and 63)
);
-- The DSN of this node to itself, as billing_coordinator: withdraw_balance commits its steps over it.
alter table billing.node_identity add column if not exists encrypted_dsn bytea;

-- ISO 4217 codes and the number of decimals of each. Same list as libs/money (a test compares).
create table if not exists billing.currencies (
    code      char(3)  primary key,
    exponent  smallint not null check (exponent between 0 and 4)
);

-- Each node's own copy: it must not depend on another node to know its peers.
create table if not exists billing.node_config (
    node_id        integer primary key check (node_id between 1 and 63),
    encrypted_dsn  bytea   not null
);

-- 64 interleaved id ranges: every node opens accounts, and id % 64 names the home node.
create sequence if not exists billing.account_id_seq as bigint increment by 64;
create sequence if not exists billing.entry_id_seq   as bigint cache 1000;

create table if not exists billing.accounts (
    id          bigint      primary key default nextval('billing.account_id_seq'),
    username    text        not null check (btrim(username) <> ''),
    currency    char(3)     not null references billing.currencies (code),
    is_deleted  boolean     not null default false,
    created_at  timestamptz not null default now()
);

-- One row per account opened under an idempotency key; stays at the home node.
create table if not exists billing.account_openings (
    client_id        text        not null,
    idempotency_key  text        not null,
    fingerprint      bytea       not null,   -- sha256 of the request's meaning
    account_id       bigint      not null references billing.accounts (id),
    opened_at        timestamptz not null default now(),
    primary key (client_id, idempotency_key)
);

create table if not exists billing.services (
    id           integer primary key,
    name         text    not null unique,
    price_minor  bigint  not null check (price_minor >= 0),
    currency     char(3) not null references billing.currencies (code)
);

-- fillfactor leaves room for HOT updates: no index covers a column that changes.
create table if not exists billing.account_balances (
    account_id     bigint  not null,
    node_id        integer not null references billing.node_config (node_id) on delete restrict,
    balance_minor  bigint  not null default 0 check (balance_minor >= 0),
    -- Running total of pay-ins and arrivals, never of releases: proves "insufficient" (design of the drain).
    income_minor   bigint  not null default 0 check (income_minor >= 0),
    primary key (account_id, node_id)
) with (fillfactor = 70);

-- Append only. sum(amount_minor) per (account_id, node_id) = balance_minor, always.
-- node_id has no foreign key of its own: a check per entry would cost more than the insert, and
-- no entry exists without its row in account_balances, which holds the restrict.
create table if not exists billing.transaction_log (
    id              bigint                 not null default nextval('billing.entry_id_seq'),
    account_id      bigint                 not null,
    amount_minor    bigint                 not null check (amount_minor <> 0),
    created_at      timestamptz            not null default now(),
    operation_id    uuid                   not null,
    node_id         integer                not null,
    operation_type  billing.operation_type not null,
    reference       text                   check (length(reference) <= 64),
    primary key (node_id, id)
);

-- Free-form JSON a client sent along with a pay-in (a pay-out's is in its row, so that both may bear one
-- id); stays home so that replicated rows are narrow.
create table if not exists billing.operation_metadata (
    operation_id  uuid  primary key,
    metadata      jsonb not null
);

create table if not exists billing.transfers (
    id            uuid                   not null default gen_random_uuid(),
    node_id       integer                not null,            -- the sender, which owns the row
    to_node_id    integer                not null,
    account_id    bigint                 not null,
    amount_minor  bigint                 not null check (amount_minor > 0),
    state         billing.transfer_state not null default 'planned',
    created_at    timestamptz            not null default now(),
    updated_at    timestamptz            not null default now(),
    primary key (id, node_id),
    check (node_id <> to_node_id)
);

-- One row a node, touched every second: keeps replication awake and tells its delay.
create table if not exists billing.node_heartbeats (
    node_id  integer     primary key,
    beat_at  timestamptz not null
);

-- Where the ledger worker goes on in each partition, and who may write there.
create table if not exists billing.consumer_offsets (
    topic         text        not null,
    partition_id  integer     not null,
    next_offset   bigint      not null check (next_offset >= 0),
    epoch         bigint      not null default 0,   -- a claim raises it; a call with an older one is fenced
    accepted_offset bigint    not null,             -- where consumption began, at first or by an operator's word
    incarnation   integer     not null default 1,   -- raised where an offset that has a letter brings other bytes
    worker_id     text,
    updated_at    timestamptz not null default now(),
    halt_reason   billing.halt_reason,              -- not null: consumption waits for "billing offsets accept"
    halt_detail   text,
    halted_at     timestamptz,
    primary key (topic, partition_id)
);

-- What operators accepted, kept for ever.
create table if not exists billing.offset_acceptances (
    id            bigint generated always as identity primary key,
    topic         text        not null,
    partition_id  integer     not null,
    from_offset   bigint      not null,
    to_offset     bigint      not null,
    halt_reason   billing.halt_reason,
    accepted_by   text        not null,
    accepted_at   timestamptz not null default now()
);

-- Pay-ins of accounts not known here yet: their rows may still be replicating.
-- parked -> applied (row deleted, entry written) or -> dead letter (row deleted) after the limit.
create table if not exists billing.parked_pay_ins (
    topic            text        not null,
    partition_id     integer     not null,
    message_offset   bigint      not null,
    incarnation      integer     not null,
    command_id       uuid        not null,
    account_id       bigint      not null,
    amount_minor     bigint      not null check (amount_minor > 0),
    currency         char(3)     not null,
    reference        text,
    metadata         jsonb,
    message_key      bytea,
    message_value    bytea       not null,
    parked_at        timestamptz not null default now(),
    primary key (topic, partition_id, message_offset, incarnation)
);

create table if not exists billing.dead_letters (
    topic           text        not null,
    partition_id    integer     not null,
    message_offset  bigint      not null,
    incarnation     integer     not null,
    command_id      uuid,                           -- null when the bytes do not tell
    account_id      bigint,
    reason          billing.dead_letter_reason not null,
    detail          text        not null,
    message_key     bytea,
    message_value   bytea,                          -- null for a message without a value
    recorded_at     timestamptz not null default now(),
    published_at    timestamptz,                    -- when the copy went to billing.payin.dlq
    state           billing.dead_letter_state not null default 'open',
    resolved_by     text,
    resolved_at     timestamptz,
    primary key (topic, partition_id, message_offset, incarnation)
);

-- What clients asked to be paid out here, a row a pay-out, for ever. Stays at the node that decides it,
-- which its id names; the entries it made and the decisions of its drains are what other nodes get.
create table if not exists billing.pay_outs (
    id               uuid                   primary key,
    client_id        text collate "C"       not null,   -- compared byte by byte, which is cheaper
    idempotency_key  text collate "C",                  -- null once forgotten, or free for another (see pay_out)
    fingerprint      bytea                  not null,   -- of the request's meaning, of any version (ADR 17)
    account_id       bigint                 not null,
    amount_minor     bigint                 not null check (amount_minor > 0),
    status           billing.pay_out_status not null,
    rejection        text,                              -- why, of a rejected one
    reference        text,
    created_at       timestamptz            not null default now(),
    decided_at       timestamptz,
    deadline_at      timestamptz,                       -- until when a pending one may still begin an attempt
    taken_nodes      integer[],                         -- of a committed one: who gave; null: this node, all of it
    taken_minor      bigint[]
);

-- Tries of pay-outs that drain. At most one of a pay-out is pending.
create table if not exists billing.pay_out_attempts (
    id            uuid                  primary key default gen_random_uuid(),
    pay_out_id    uuid                  not null references billing.pay_outs (id),
    account_id    bigint                not null,
    amount_minor  bigint                not null check (amount_minor > 0),
    state         billing.attempt_state not null default 'pending',
    started_at    timestamptz           not null default clock_timestamp(),
    deadline_at   timestamptz           not null,
    -- Nodes that may hold money for it and have not yet heard the decision.
    untold_nodes  integer[]             not null default '{}'
);

-- The only truth about a drain: written once by the node that decides, replicated to the donors.
create table if not exists billing.drain_decisions (
    attempt_id    uuid                  not null,
    node_id       integer               not null,
    account_id    bigint                not null,
    decision      billing.attempt_state not null check (decision <> 'pending'),
    decided_at    timestamptz           not null default clock_timestamp(),
    -- What is taken from which reservation. One that is not listed is released.
    taken_nodes   integer[]             not null default '{}',
    taken_rounds  integer[]             not null default '{}',
    taken_minor   bigint[]              not null default '{}',
    primary key (attempt_id, node_id)
);

-- Money set aside here for a drain: out of the balance, not yet spent. Round 0 is a tombstone: the
-- decision came before the reservation, which is refused when it comes.
create table if not exists billing.reservations (
    attempt_id           uuid                      not null,
    round                integer                   not null,
    account_id           bigint                    not null,
    pay_out_id           uuid,
    coordinator_node_id  integer                   not null,
    amount_minor         bigint                    not null check (amount_minor >= 0),
    settled_minor        bigint                    not null default 0 check (settled_minor between 0 and amount_minor),
    state                billing.reservation_state not null,
    reserved_at          timestamptz               not null default clock_timestamp(),
    deadline_at          timestamptz,
    closed_at            timestamptz,
    primary key (attempt_id, round)
);

-- Sum of the part's open reservations, with the row, so that every node sees it. Looked for first: alter
-- table would wait for everybody, a re-run on a live node included.
do $$ begin
    if not exists (select from pg_attribute where attrelid = 'billing.account_balances'::regclass
                                              and attname = 'reserved_minor') then
        alter table billing.account_balances
            add column reserved_minor bigint not null default 0 check (reserved_minor >= 0);
    end if;
end $$;

-- The pay-out's own, for the entries that a reservation makes.
do $$ begin
    if not exists (select from pg_attribute where attrelid = 'billing.reservations'::regclass
                                              and attname = 'reference') then
        alter table billing.reservations add column reference text;
    end if;
end $$;

-- As it came: jsonb would give its members another order. Version 4 kept it with that of pay-ins.
do $$ begin
    if not exists (select from pg_attribute where attrelid = 'billing.pay_outs'::regclass
                                              and attname = 'metadata') then
        alter table billing.pay_outs add column metadata json;
    end if;
end $$;

-- Circuit breakers, one a node: whoever finds a node silent spares the next caller the wait.
-- Closed (no row, or open_until in the past) -> open by a failure -> closed by an answer, or half
-- open after a while, when one more caller may try. The coordinator's probe asks every second.
-- Unlogged: after a crash every breaker is closed.
create unlogged table if not exists billing.node_breakers (
    node_id     integer     primary key,
    failures    integer     not null,          -- in a row
    open_until  timestamptz not null,
    detail      text
);

-- Clocks of the other nodes, as billing.probe_node measured them: the peer's reading against the middle
-- of the round trip, so wrong by half of that at most. Unlogged: each second measures anew.
create unlogged table if not exists billing.node_clocks (
    node_id      integer           primary key,
    skew_ms      double precision  not null,          -- how far it is ahead of this node's
    error_ms     double precision  not null,
    measured_at  timestamptz       not null
);

-- Which of this node's coordinators does its duties, until when by this database's clock: one row, never
-- replicated. States and reasons: billing.hold_node, docs/adr/0023. The number is unique so that taking
-- the node waits for whoever compares it (for key share), and renewing does not.
create table if not exists billing.node_lease (
    is_only     boolean      primary key default true check (is_only),
    number      bigint       not null unique,         -- rises each time somebody takes the node
    holder      text         not null,
    taken_at    timestamptz  not null,
    expires_at  timestamptz  not null,
    lease_ms    integer      not null
);

reset search_path;
reset role;
