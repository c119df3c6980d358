create or replace function billing.take_batch()
returns trigger
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.take_batch()
--
--   trg_take_batch on batches, under apply only: what another node's batch means
--   here. Its parts are written over the copies of them, in account order; its
--   entries are kept packed; its keys and its position are known from here on. It must never fail: that would stop
--   replication.
--   What a first copy brings (billing_copier) is left out: the tables that it tells
--   of come in the same snapshot. BEFORE: see billing.note_arrived_account.
--
-- Locks     rows of account_balances, in account order
-- Writes    account_balances, arrived_batches, arrived_keys, arrived_offsets; never batches
-- ---------------------------------------------------------------------------
begin
    if session_user = 'billing_copier' then
        return null;
    end if;
    if new.part_account_ids is not null then
        insert into account_balances (account_id, node_id, balance_minor, income_minor, reserved_minor, held_minor)
        select p.account_id, new.node_id, p.balance_minor, p.income_minor, p.reserved_minor, coalesce(p.held_minor, 0)
          from unnest(new.part_account_ids, new.balances_minor, new.incomes_minor, new.reserved_minor, new.held_minor)
               as p (account_id, balance_minor, income_minor, reserved_minor, held_minor)
         order by p.account_id
        on conflict (account_id, node_id) do update
           set balance_minor  = excluded.balance_minor,
               income_minor   = excluded.income_minor,
               reserved_minor = excluded.reserved_minor,
               held_minor     = excluded.held_minor;
    end if;
    if new.key_hashes is not null then
        perform take_keys(new);
    end if;
    if new.stored_next_offset is not null then
        insert into arrived_offsets (node_id, topic, partition_id, next_offset)
        values (new.node_id, new.stored_topic, new.stored_partition_id, new.stored_next_offset)
        on conflict (node_id, topic, partition_id) do update set next_offset = excluded.next_offset;
    end if;
    -- One that says nothing else, too: that it is here is what its position means.
    if new.entry_ids is not null or paid_keys(new) is not null
       or new.part_account_ids is null and new.key_hashes is null and new.stored_next_offset is null then
        insert into arrived_batches (id, node_id, created_at, operation_type, entry_count, entry_ids, account_ids,
                                     amounts_minor, operation_ids, entry_references, key_hashes)
        values (new.id, new.node_id, new.created_at, coalesce(new.operation_type, 'pay_out'),
                coalesce(cardinality(new.entry_ids), 0), coalesce(new.entry_ids, '{}'), coalesce(new.account_ids, '{}'),
                coalesce(new.amounts_minor, '{}'), coalesce(new.operation_ids, '{}'), new.entry_references, paid_keys(new))
        -- A node that came back from an older copy gives numbers anew.
        on conflict (node_id, id) do update
           set created_at = excluded.created_at, operation_type = excluded.operation_type, entry_count = excluded.entry_count,
               entry_ids = excluded.entry_ids, account_ids = excluded.account_ids, amounts_minor = excluded.amounts_minor,
               operation_ids = excluded.operation_ids, entry_references = excluded.entry_references,
               key_hashes = excluded.key_hashes;
    end if;
    return null;
end;
$$;

create or replace function billing.take_keys(in_batch billing.batches)
returns void
language sql
volatile
set search_path = billing, pg_temp
as $$
-- Internal: what a batch says of keys (billing.pay_out, billing.tell_key), written over what its node has said of them before.
    delete from arrived_keys k
     where in_batch.key_fingerprints is null and k.key_hash = any (in_batch.key_hashes) and k.node_id = in_batch.node_id;
    insert into arrived_keys (key_hash, node_id, pay_out_id, created_at, fingerprint, deadline_at, decided_at, taken_nodes, taken_minor, charge,
                              up_to)
    select distinct on (r.key_hash) r.key_hash, in_batch.node_id, r.pay_out_id, in_batch.created_at, r.fingerprint, in_batch.key_deadline_at,
           in_batch.key_decided_at, in_batch.taken_nodes, in_batch.taken_minor, r.charge, r.up_to
      from unnest(in_batch.key_hashes, in_batch.key_pay_out_ids, in_batch.key_fingerprints, in_batch.key_charges, in_batch.key_up_tos)
        as r (key_hash, pay_out_id, fingerprint, charge, up_to)
     where in_batch.key_fingerprints is not null and r.key_hash is not null
     order by r.key_hash
    on conflict (key_hash, node_id) do update
       set pay_out_id = excluded.pay_out_id, created_at = excluded.created_at, fingerprint = excluded.fingerprint,
           deadline_at = excluded.deadline_at, decided_at = excluded.decided_at, taken_nodes = excluded.taken_nodes,
           taken_minor = excluded.taken_minor, charge = excluded.charge, up_to = excluded.up_to;
$$;

create or replace function billing.paid_keys(in_batch billing.batches)
returns uuid[]
language sql
immutable
as $$
-- Internal: keys under which a batch says that something was paid; null: none.
    select case when in_batch.key_fingerprints is not null and in_batch.key_deadline_at is null then in_batch.key_hashes end;
$$;
