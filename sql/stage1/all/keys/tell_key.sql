create or replace function billing.tell_key(in_pay_out billing.pay_outs)
returns bigint
language sql
volatile
set search_path = billing, pg_temp
as $$
-- Internal: a batch that tells other nodes of a pay-out's key, as the row is now: being drained for, paid by a drain, or free
-- again. What is paid from here alone tells it with its entry, unless it takes what there is (billing.pay_out). The batch's id; null: none. Writes batches.
    insert into batches (node_id, created_at, key_hashes, key_pay_out_ids, key_fingerprints, key_deadline_at, key_decided_at,
                         taken_nodes, taken_minor, key_charges, key_up_tos)
    select local_node_id(), in_pay_out.created_at,
           array[key_hash_of(in_pay_out)], array[in_pay_out.id],
           case when in_pay_out.status <> 'rejected' then array[in_pay_out.fingerprint] end,
           case when in_pay_out.status = 'pending' then in_pay_out.deadline_at end, in_pay_out.decided_at, in_pay_out.taken_nodes,
           in_pay_out.taken_minor, case when in_pay_out.charge is not null then array[in_pay_out.charge] end,
           case when in_pay_out.up_to is not null then array[in_pay_out.up_to] end
     where is_packed() and in_pay_out.idempotency_key is not null
    returning id;
$$;
