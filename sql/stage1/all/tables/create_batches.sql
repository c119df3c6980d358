-- What a statement changed in transaction_log and account_balances, packed as one row of arrays: that is what travels
-- (docs/batches.md, docs/adr/0036). Schema version 9.
set role billing_owner;
create sequence if not exists billing.batch_id_seq as bigint;

-- This node's own, on their way: read by those who send, and gone once billing.seal_batches has sealed them. Who receives one has
-- trg_take_batch instead, so that no row of another node ever stands here.
create table if not exists billing.batches (
    id                bigint       not null default nextval('billing.batch_id_seq'),
    node_id           integer      not null,
    created_at        timestamptz  not null default now(),   -- of its entries
    operation_type    billing.operation_type,                -- of its entries
    entry_ids         bigint[],                              -- entries: five arrays of one length in order of id, or null
    account_ids       bigint[],
    amounts_minor     bigint[],
    operation_ids     uuid[],
    entry_references  text[],                                -- null: none has one
    part_account_ids  bigint[],                              -- parts as they are now: four of one length, or null
    balances_minor    bigint[],
    incomes_minor     bigint[],
    reserved_minor    bigint[],
    primary key (node_id, id)
);

-- Entries of other nodes that have arrived and are not rows of transaction_log yet, and batches that say nothing else but their
-- position (docs/positions.md): billing.unpack_batches. Stays at its node.
create table if not exists billing.arrived_batches (
    id                bigint                  not null,
    node_id           integer                 not null,
    created_at        timestamptz             not null,
    operation_type    billing.operation_type  not null,
    entry_count       integer                 not null,
    entry_ids         bigint[]                not null,
    account_ids       bigint[]                not null,
    amounts_minor     bigint[]                not null,
    operation_ids     uuid[]                  not null,
    entry_references  text[],
    arrived_at        timestamptz             not null default clock_timestamp(),
    primary key (node_id, id)
);
create index if not exists arrived_batches_arrived_at on billing.arrived_batches (arrived_at);

-- What each node says of its entries, some a second: these come next of all that have been committed here, and this is what
-- is in them. Each names the one before by its digest, so that no past can be changed alone; the others keep copies of
-- all, so that it cannot be changed here alone. billing.seal_batches, billing.audit_seals.
create table if not exists billing.seals (
    number       bigint       not null,                        -- 1, 2, 3: without a gap
    node_id      integer      not null,
    sealed_at    timestamptz  not null,
    entry_ids    int8range[]  not null,                        -- those of the node in these ranges, each 64 from the next
    entry_count  integer      not null,
    digest       bytea        not null,                        -- billing.seal_digest
    primary key (node_id, number)
);

-- Keys of pay-outs, for others to know them by (docs/key-homes.md), and up to where a partition of Kafka is stored
-- (docs/positions.md): schema version 10. Looked for first, as above: both tables are written by whoever sends and applies.
reset role;
do $$
declare
    added constant text[] := array['key_hashes uuid[]', 'key_pay_out_ids uuid[]', 'key_fingerprints bytea[]', 'key_deadline_at timestamptz',
                                   'key_decided_at timestamptz', 'taken_nodes integer[]', 'taken_minor bigint[]',
                                   'stored_topic text', 'stored_partition_id integer', 'stored_next_offset bigint'];
begin
    if not exists (select from pg_attribute where attrelid = 'billing.batches'::regclass and attname = 'stored_next_offset') then
        perform pg_temp.lock_for_senders('billing.batches');
        execute 'alter table billing.batches add column if not exists ' || array_to_string(added, ', add column if not exists ');
        begin
            alter table billing.batches
                alter column key_hashes set compression lz4, alter column key_pay_out_ids set compression lz4,
                alter column key_fingerprints set compression lz4, alter column taken_nodes set compression lz4,
                alter column taken_minor set compression lz4;
        exception when feature_not_supported then null;
        end;
    end if;
    if not exists (select from pg_attribute where attrelid = 'billing.arrived_batches'::regclass and attname = 'key_hashes') then
        alter table billing.arrived_batches add column key_hashes uuid[];
    end if;
end $$;
set role billing_owner;

-- Rows come and go: cleaned by their number, whatever is left.
select format('alter table %s set (%s)', c.oid::regclass, array_to_string(wanted, ', '))
  from pg_class c, (values ('{autovacuum_vacuum_scale_factor=0,autovacuum_vacuum_threshold=1000}'::text[])) as v (wanted)
 where c.oid = any ('{billing.batches,billing.arrived_batches}'::regclass[]) and not coalesce(c.reloptions, '{}') @> wanted
\gexec

-- By LZ4, where the server has it: it takes less than pglz (docs/adr/0036).
do $$
declare
    wanted record;
begin
    for wanted in
        select a.attrelid::regclass as relation, a.attname as name from pg_attribute a join pg_type t on t.oid = a.atttypid
         where a.attrelid in ('billing.batches'::regclass, 'billing.arrived_batches'::regclass)
           and t.typcategory = 'A' and a.attnum > 0 and a.attcompression = ''
         order by 1, a.attnum
    loop
        execute format('alter table %s alter column %I set compression lz4', wanted.relation, wanted.name);
    end loop;
exception when feature_not_supported then null;
end $$;

-- Of the part's last change, where that was packed with others; what a statement changes and leaves this as it is, is
-- packed by a trigger (stage2/node/03_pack_changes.sql). Stays at its node.
reset role;
do $$ begin
    if not exists (select from pg_attribute where attrelid = 'billing.account_balances'::regclass and attname = 'batch_id') then
        perform pg_temp.lock_for_senders('billing.account_balances');
        alter table billing.account_balances add column batch_id bigint not null default 0;
    end if;
end $$;
set role billing_owner;

-- Whether this node sends batches, or rows as before. Replaced once, by the switch, under the lock of both tables; for
-- whoever writes them it is true or false from its first write to its commit. Not immutable, so that plans hear of it.
do $$ begin
    if to_regprocedure('billing.is_packed()') is null then
        create function billing.is_packed() returns boolean language sql stable parallel safe as 'select false';
    end if;
end $$;
reset role;
