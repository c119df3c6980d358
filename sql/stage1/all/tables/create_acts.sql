-- What was done by the word of somebody. Append only; stays at its node.
set role billing_owner;
-- What operators did with parked pay-ins and dead letters, named like them. Append only: a letter that was
-- parked by an act and came back has the acts of both its lives.
create table if not exists billing.dead_letter_acts (
    id              bigint generated always as identity primary key,
    topic           text                    not null,
    partition_id    integer                 not null,
    message_offset  bigint                  not null,
    incarnation     integer                 not null,
    act             billing.dead_letter_act not null,
    result          text                    not null
                    check (result in ('applied', 'duplicate', 'parked', 'refused', 'discarded')),
    client_id       text                    not null,
    note            text                    check (length(note) <= 500),
    acted_at        timestamptz             not null default now(),
    command_id      uuid,                           -- that the credit bears
    -- What a correction says; null for the other acts, which take the message as it came.
    account_id      bigint,
    amount_minor    bigint,
    currency        char(3),
    reference       text,
    metadata        jsonb
);

-- What an act came to: result is that of dead_letter_acts, or why nothing was done (see the functions). The
-- act that counts and who did it, where one has been done.
do $$ begin
    create type billing.act_outcome as (
        result     text,
        reason     billing.dead_letter_reason,
        detail     text,
        act        billing.dead_letter_act,
        client_id  text,
        acted_at   timestamptz
    );
exception when duplicate_object then null; end $$;

do $$ begin
    create type billing.account_act as enum ('delete', 'correct');
exception when duplicate_object then null; end $$;

alter type billing.account_act add value if not exists 'deposit';   -- schema version 6 had neither
alter type billing.account_act add value if not exists 'open';

-- What was done to accounts by the word of somebody: deletions, at the account's home node, and corrections, at
-- the node whose part they change; what people with psql deposited or opened an account with, likewise. Append only; stays at its node, and so do its keys.
create table if not exists billing.account_acts (
    id               uuid                primary key,
    account_id       bigint              not null,
    act              billing.account_act not null,
    client_id        text                not null,
    acted_at         timestamptz         not null default now(),
    reason           text                check (length(reason) <= 500),
    idempotency_key  text,
    fingerprint      bytea,                          -- sha256 of the request's meaning
    amount_minor     bigint,                         -- what was added to the part, either sign; of an opening, to all
    left_minor       numeric,                        -- of a deletion: what was seen in all parts
    unique (client_id, idempotency_key)
);

-- Schema version 8: where an act came from, and how its object stood before and after it, as billing.list_acts says. Null:
-- of an act from before, or not known. Of offsets from_offset and to_offset tell. None of these tables is sent.
select format('alter table billing.%I add column %I %s', acts, added, kind)
  from (values ('account_acts', 'address', 'inet'), ('account_acts', 'before', 'jsonb'), ('account_acts', 'after', 'jsonb'),
               ('dead_letter_acts', 'address', 'inet'), ('dead_letter_acts', 'before', 'jsonb'),
               ('dead_letter_acts', 'after', 'jsonb'), ('offset_acceptances', 'address', 'inet')) as v (acts, added, kind)
 where not exists (select from pg_attribute where attrelid = ('billing.' || acts)::regclass and attname = added)
\gexec
reset role;
