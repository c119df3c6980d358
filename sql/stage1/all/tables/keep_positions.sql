-- What of other nodes has arrived here, for whoever asks by a position (docs/positions.md). Schema version 10.
set role billing_owner;

-- Numbers of batches that a position may name, came and are unpacked; those that wait for it stand in arrived_batches. Stays at its
-- node.
create table if not exists billing.arrived_positions (
    node_id    integer         primary key,   -- whose batches
    batch_ids  int8multirange  not null       -- above the node's ended_batch_id
);

-- Up to where another node has stored what its Kafka took. Stays at its node.
create table if not exists billing.arrived_offsets (
    node_id       integer  not null,
    topic         text     not null,
    partition_id  integer  not null,
    next_offset   bigint   not null,
    primary key (node_id, topic, partition_id)
);

do $$ begin
    if not exists (select from pg_attribute where attrelid = 'billing.pay_outs'::regclass and attname = 'taken_batch_ids') then
        -- Beside taken_nodes: the donor's batch; null where it said none, and of this node itself.
        alter table billing.pay_outs add column taken_batch_ids bigint[];
    end if;
end $$;

-- The sequence is the node's own, its numbers say the incarnation, too (billing.batch_id): every transaction that had taken one up to
-- ended_batch_id has ended. The other two columns are the node's own way to know that (billing.see_ended_batches).
reset role;
do $$ begin
    if not exists (select from pg_attribute where attrelid = 'billing.node_heartbeats'::regclass and attname = 'ended_batch_id') then
        perform pg_temp.lock_for_senders('billing.node_heartbeats');
        alter table billing.node_heartbeats
            add column ended_batch_id bigint not null default 0,
            add column seen_batch_id  bigint,
            add column seen_writers   text[];
    end if;
end $$;
