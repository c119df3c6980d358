-- Keys of pay-outs beyond their node: what others have paid under which, and what was paid twice before anybody could know
-- (docs/key-homes.md, docs/adr/0038). Schema version 10.
set role billing_owner;

-- A key by 128 bits: what travels, and what its indexes have. SHA-256 of tenant, key and client, the key's length before it, so that no
-- two triples make one text. Of a UUID of version 7 (RFC 9562, section 5.7) its time goes first, 48 bits, and 80 bits of the hash behind
-- it: new keys then stand side by side in an index, and are looked for in pages that are in memory. One immutable
-- expression without settings, so that PostgreSQL inlines it. Never to be changed: an index rests on it.
do $$ begin
    if to_regprocedure('billing.key_hash(text, text, text)') is null then
        create function billing.key_hash(in_tenant text, in_client_id text, in_key text) returns uuid language sql immutable parallel safe as $f$
            select substr(case when in_key ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7' then substr(in_key, 1, 8) || substr(in_key, 10, 4) else '' end
                          || encode(sha256(decode(replace(in_tenant || chr(31) || length(in_key)::text || chr(31) || in_key || in_client_id,
                                                          '\', '\\'), 'escape')), 'hex'), 1, 32)::uuid
        $f$;
    end if;
end $$;

-- Keys of pay-outs that other nodes have paid, or are draining for, as their batches tell. Stays at its node.
create table if not exists billing.arrived_keys (
    key_hash     uuid         not null,   -- billing.key_hash
    node_id      integer      not null,   -- the node that keeps the pay-out
    pay_out_id   uuid         not null,
    created_at   timestamptz  not null,   -- of the pay-out, by its node's clock
    fingerprint  bytea        not null,   -- as pay_outs has it
    deadline_at  timestamptz,             -- null: it is paid; else its node drains for it until then
    decided_at   timestamptz,             -- null: with created_at
    taken_nodes  integer[],               -- who gave; null: its node, all of it
    taken_minor  bigint[],
    primary key (key_hash, node_id)
);
create index if not exists arrived_keys_created_at on billing.arrived_keys (created_at);

-- Two pay-outs under one key, as one node has found them: billing.note_duplicates. For ever.
create table if not exists billing.duplicate_pay_outs (
    node_id     integer      not null,    -- whoever found it, which owns the row
    pay_out_id  uuid         not null,    -- is undone by the node that keeps it, if is_same
    stands_id   uuid         not null,    -- the earlier one; of two at one moment, the lower node's
    account_id  bigint       not null,    -- of the one that the finder keeps
    is_same     boolean      not null,    -- false: two requests under one key, for people to look at
    found_at    timestamptz  not null default clock_timestamp(),
    primary key (node_id, pay_out_id, stands_id)
);
create index if not exists duplicate_pay_outs_pay_out on billing.duplicate_pay_outs (pay_out_id);
create index if not exists duplicate_pay_outs_different on billing.duplicate_pay_outs (stands_id) where not is_same;

-- Pay-outs of this node that are to be undone: noted by the trigger trg_note_duplicate, whoever has found them, and worked off by
-- billing.undo_duplicates. Stays at its node.
create table if not exists billing.arrived_duplicates (
    pay_out_id  uuid         primary key,
    stands_id   uuid         not null,
    tried_at    timestamptz  not null default '-infinity'   -- last, without success
);

do $$ begin
    if not exists (select from pg_attribute where attrelid = 'billing.pay_outs'::regclass and attname = 'key_hash') then
        alter table billing.pay_outs
            -- Null without a key, and of rows of before, whose index entry is made of the key itself.
            add column key_hash uuid,
            -- Not null: it was given back, as that one stands under its key.
            add column duplicate_of uuid;
    end if;
    if to_regprocedure('billing.key_hash_of(billing.pay_outs)') is null then
        -- As the index below has it. Inlined, too.
        create function billing.key_hash_of(in_pay_out billing.pay_outs) returns uuid language sql immutable parallel safe as $f$
            select coalesce(in_pay_out.key_hash, billing.key_hash(in_pay_out.tenant, in_pay_out.client_id, in_pay_out.idempotency_key))
        $f$;
    end if;
end $$;

-- A key is used once per client of a tenant: made without a lock, before the functions that name it. What it takes the place of
-- goes after those (10_create_triggers.sql). One whose making was broken off is made anew.
select 'drop index concurrently billing.pay_outs_key_hash'
  from pg_index i where i.indexrelid = to_regclass('billing.pay_outs_key_hash') and not i.indisvalid
\gexec
select 'create unique index concurrently pay_outs_key_hash on billing.pay_outs
           (coalesce(key_hash, billing.key_hash(tenant, client_id, idempotency_key)))'
 where to_regclass('billing.pay_outs_key_hash') is null
\gexec
reset role;
