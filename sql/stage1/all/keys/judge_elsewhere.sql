create or replace function billing.judge_elsewhere(
    in_told           integer[],
    in_hashes         uuid[],
    in_fingerprints   bytea[],
    in_earlier_indexes       integer[],
    in_earlier_fingerprints  bytea[],
    in_tenants        text[],
    in_account_ids    bigint[],
    in_amounts_minor  bigint[],
    in_currencies     text[],
    in_references     text[],
    in_metadata       text[],
    inout statuses    text[],
    out known         jsonb[]
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: what of a call of billing.pay_out bears a key that another node has told of (in_told). statuses come in as judged so far and
-- go out with idempotency_conflict, replayed, in_progress, unless this node's own pay-out under the key is the earlier
-- one, or still open; known is what billing.pay_out returns then, or of one in progress its pay_out_id.
declare
    arrived  arrived_keys;
    own      pay_outs;
    i        integer;
begin
    known := array_fill(null::jsonb, array[cardinality(in_hashes)]);
    foreach i in array in_told loop
        arrived := arrived_key(in_hashes[i]);
        continue when arrived.key_hash is null;
        select * into own from pay_outs p where key_hash_of(p) = in_hashes[i];
        continue when own.status = 'pending'
                   or own.status = 'committed' and own.duplicate_of is null
                      and (arrived.deadline_at is not null
                           or (own.created_at, local_node_id()) < (arrived.created_at, arrived.node_id));
        if arrived.fingerprint <> in_fingerprints[i]
           and not exists (select from unnest(in_earlier_indexes, in_earlier_fingerprints) as e (index, fingerprint)
                            where e.index = i and e.fingerprint = arrived.fingerprint) then
            statuses[i] := 'idempotency_conflict';
        elsif arrived.deadline_at is not null then
            statuses[i] := 'in_progress';
            known[i] := jsonb_build_object('pay_out_id', arrived.pay_out_id);
        else
            statuses[i] := 'replayed';
            known[i] := describe_arrived_key(arrived, in_tenants[i], in_account_ids[i], in_amounts_minor[i], in_currencies[i],
                                             in_references[i], in_metadata[i]);
        end if;
    end loop;
end;
$$;
