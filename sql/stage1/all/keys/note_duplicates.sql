create or replace function billing.note_duplicates(in_key_hashes uuid[], in_keys_kept interval)
returns void
language sql
volatile
set search_path = billing, pg_temp
set enable_seqscan = off   -- a table that was small when a session planned may have grown since
as $$
-- Internal: which of these keys this node and another one have both paid under, each within the time that keys are remembered. The
-- earlier stands, of two at one moment the lower node's, so that whoever finds a pair says the same. Of what arrived
-- billing.unpack_batches asks, of this node's own billing.seal_batches: each after the commit that it asks about, so that whichever
-- of the two came later sees the pair (tests/models/repeated-keys.spec.ts). Writes duplicate_pay_outs.
    -- In one order, as apply writes the same rows of arrived_duplicates.
    insert into duplicate_pay_outs (node_id, pay_out_id, stands_id, account_id, is_same)
    select local_node_id(), case when o.is_first then k.pay_out_id else o.id end, case when o.is_first then o.id else k.pay_out_id end,
           o.account_id, o.fingerprint = k.fingerprint
      from (select distinct h from unnest(in_key_hashes) h) h
     -- One by one, by the index: no plan of a join may begin with all that there are.
     cross join lateral (select a.* from arrived_keys a
                          where a.key_hash = h.h and a.node_id <> local_node_id() and a.deadline_at is null offset 0) k
     cross join lateral (
           select p.id, p.account_id, p.fingerprint, p.created_at,
                  (p.created_at, local_node_id()) < (k.created_at, k.node_id) as is_first
             from pay_outs p
            where key_hash_of(p) = h.h and p.status = 'committed' offset 0) o
     where greatest(o.created_at - k.created_at, k.created_at - o.created_at) < in_keys_kept
     order by 2
    on conflict (node_id, pay_out_id, stands_id) do nothing;
$$;

create or replace function billing.note_duplicate()
returns trigger
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- trg_note_duplicate on duplicate_pay_outs, for what this node finds and for what others do: a pay-out of this node that is to be
-- undone. It must never fail: that would stop replication. BEFORE: see billing.note_arrived_account.
begin
    insert into arrived_duplicates (pay_out_id, stands_id)
    select new.pay_out_id, new.stands_id
     where new.is_same and pay_out_node_id(new.pay_out_id) = local_node_id()
    on conflict do nothing;
    return new;
end;
$$;
