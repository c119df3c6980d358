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
-- go out with idempotency_conflict, replayed, in_progress, unless this node's own pay-out under the key is the earlier one, is
-- the one that is repeated, or is looked after; known is what billing.pay_out returns then, or of one in progress its pay_out_id.
declare
    arrived  arrived_keys;
    own      pay_outs;
    i        integer;
    fingerprints bytea[];
begin
    known := array_fill(null::jsonb, array[cardinality(in_hashes)]);
    foreach i in array in_told loop
        arrived := arrived_key(in_hashes[i]);
        continue when arrived.key_hash is null;
        select * into own from pay_outs p where key_hash_of(p) = in_hashes[i];
        fingerprints := in_fingerprints[i] || array(
            select e.fingerprint from unnest(in_earlier_indexes, in_earlier_fingerprints) as e (index, fingerprint)
             where e.index = i);
        continue when own.status = 'pending'
                      and (arrived.deadline_at is not null or arrived.fingerprint = 'refund' or own.deadline_at + untended_after() > clock_timestamp())
                   or own.status = 'committed' and own.duplicate_of is null
                      and (arrived.deadline_at is not null
                           or (own.created_at, local_node_id()) < (arrived.created_at, arrived.node_id)
                           -- Of two requests under one key each stands.
                           or own.fingerprint = any (fingerprints) and arrived.fingerprint <> all (fingerprints));
        if arrived.fingerprint <> all (fingerprints) then
            statuses[i] := 'idempotency_conflict';
        elsif own.status = 'pending' then
            -- Late, and paid elsewhere: recovery ends it, and then this is a repeat.
            statuses[i] := 'in_progress';
            known[i] := jsonb_build_object('pay_out_id', own.id);
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
