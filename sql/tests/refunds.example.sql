-- Refunds of pay-outs (docs/refunds.md): what the node that keeps a pay-out decides.
create function pg_temp.pay(in_key text, in_account bigint, in_minor bigint, in_may_drain boolean default false, in_client text default 'shop')
returns text language sql as $$
    select p.status from billing.pay_out(array[in_client], array[in_key], array[sha256(('pay ' || in_key)::bytea)], array[in_account], array[in_minor],
                                         '{USD}', array[in_may_drain], '{5000}', '{null}', '{null}') p
$$;
create function pg_temp.paid(in_key text) returns uuid language sql as $$ select id from billing.pay_outs where idempotency_key = in_key $$;
create function pg_temp.refund(in_key text, in_pay_out uuid, in_minor bigint, in_fingerprint text default null, in_currency text default 'USD',
                               in_tenant text default 'default')
returns table (status text, amount text, refunded text, remaining text, is_here boolean, more jsonb) language sql as $$
    select r ->> 'status', r #>> '{refund,amount_minor}', r #>> '{refund,refunded_minor}', coalesce(r #>> '{refund,remaining_minor}', r ->> 'remaining_minor'),
           billing.pay_out_node_id((r #>> '{refund,refund_id}')::uuid) = 1, r - '{status,refund,position,remaining_minor}'::text[]
      from billing.refund_pay_out(jsonb_build_object(
               'pay_out_id', in_pay_out, 'tenant', in_tenant, 'client_id', 'shop', 'key', in_key, 'amount_minor', in_minor::text,
               'fingerprint', encode(sha256(coalesce(in_fingerprint, in_key)::bytea), 'hex'), 'currency', in_currency,
               'reference', 'back ' || in_key, 'metadata', '{"why": 1.50}')) r
$$;
select deposit_balance(add_account('Vodkin'), 100, 1), deposit_balance(add_account('Gorshkov'), 10, 1);
select pg_temp.pay('a', 1, 6000), pg_temp.pay('b', 1, 1000), pg_temp.pay('c', 65, 500);
-- In parts, up to what was paid; a repeat is told, as of now; what is too much says what is left, and does not use up its key.
select * from pg_temp.refund('r1', pg_temp.paid('a'), 2500);
select * from pg_temp.refund('r2', pg_temp.paid('a'), 3501);
select * from pg_temp.refund('r2', pg_temp.paid('a'), 1000, 'less');
select * from pg_temp.refund('r1', pg_temp.paid('a'), 2500);
select * from pg_temp.refund('r3', pg_temp.paid('a'), 2500);
select * from pg_temp.refund('r4', pg_temp.paid('a'), 1);
select amount_minor, operation_type, reference from billing.transaction_log where account_id = 1 order by id;
select balance_minor, income_minor from billing.account_balances where account_id = 1;
select metadata, reference from billing.refunds order by created_at;
select p ->> 'refunded_minor' as refunded, jsonb_path_query_array(p, '$.refunds[*].amount_minor') as refunds,
       jsonb_path_query_array(p, '$.refunds[*].reference') as "references"
  from billing.describe_pay_out(pg_temp.paid('a')) p;
-- A key is of one request, whatever it asks for.
select * from pg_temp.refund('r1', pg_temp.paid('a'), 1, 'other');
select * from pg_temp.refund('b', pg_temp.paid('b'), 1);
select pg_temp.pay('r1', 1, 100);
-- Whose, which, in what.
select * from pg_temp.refund('r5', pg_temp.paid('b'), 1, null, 'USD', 'stranger');
select * from pg_temp.refund('r5', '0191d2c8-7a1b-8001-8e4f-000000000000', 1);
select * from pg_temp.refund('r5', pg_temp.paid('b'), 1, null, 'EUR');
-- Not decided yet; refused; a clawback's.
select pg_temp.pay('d', 1, 9999999, true);
select * from pg_temp.refund('r5', pg_temp.paid('d'), 1);
select verdict from billing.decide_drain((select a.id from billing.pay_out_attempts a where a.state = 'pending'), '[]', '{2,3}', true);
select * from pg_temp.refund('r5', pg_temp.paid('d'), 1);
select pg_temp.pay('clawback', 1, 100, false, '');
select * from pg_temp.refund('r5', pg_temp.paid('clawback'), 1);
-- Deleted; too much for one part.
update billing.accounts set is_deleted = true where id = 65;
select * from pg_temp.refund('r5', pg_temp.paid('c'), 1);
update billing.account_balances set balance_minor = billing.minor_max() where account_id = 1;
select * from pg_temp.refund('r5', pg_temp.paid('b'), 1);
update billing.account_balances set balance_minor = 6000 - 100 + 3000 where account_id = 1;
-- Asked by the id's node; elsewhere nothing is written.
select status, node_id, answer ->> 'status' as said from billing.hand_over_refund(
    jsonb_build_object('pay_out_id', pg_temp.paid('b'), 'tenant', 'default', 'client_id', 'shop', 'key', 'r6', 'amount_minor', '400',
                       'fingerprint', '00', 'currency', 'USD'), 1000);
select status, node_id from billing.hand_over_refund('{"pay_out_id": "0191d2c8-7a1b-8002-8e4f-000000000000"}', 1000);
select status, node_id from billing.hand_over_refund('{"pay_out_id": "0191d2c8-7a1b-8009-8e4f-000000000000"}', 1000);
select status, node_id from billing.hand_over_refund('{"pay_out_id": "0191d2c8-7a1b-7009-8e4f-000000000000"}', 1000);
-- Other nodes are told of its key: a pay-out under it is a conflict there, as this one's is of what they tell; a refund is not, since
-- it may be on its way through duplicates. What another one has paid under the key of a refund is told, whichever came first.
select (select r.idempotency_key from billing.refunds r where r.id = b.key_pay_out_ids[1]) as key, b.key_fingerprints, b.key_deadline_at
  from billing.batches b where 'refund' = any (b.key_fingerprints) order by b.id limit 1;
create function pg_temp.told(in_key text, in_fingerprint bytea) returns void language sql as $$
    select billing.take_keys(jsonb_populate_record(null::billing.batches, jsonb_build_object(
               'node_id', 2, 'created_at', clock_timestamp(), 'key_hashes', array[billing.key_hash('default', 'shop', in_key)],
               'key_pay_out_ids', array['0191d2c8-7a1b-8002-8e4f-00000000000a'], 'key_fingerprints', array[in_fingerprint])))
$$;
select pg_temp.told('o', 'refund'), pg_temp.told('r3', sha256('pay r3'));
select pg_temp.pay('o', 1, 100), pg_temp.pay('r3', 1, 100);
savepoint told;
select status, amount from pg_temp.refund('o', pg_temp.paid('b'), 1);
rollback to told;
-- Forgotten by its age, a key is a new one.
update billing.refunds set created_at = created_at - interval '1 hour' where idempotency_key = 'r1';
update billing.arrived_keys k set created_at = r.created_at from billing.refunds r where r.key_hash = k.key_hash and r.idempotency_key = 'r1';
select billing.forget_pay_outs('30 min', 100);
update billing.refunds set created_at = created_at + interval '1 hour' where idempotency_key is null;
select * from pg_temp.refund('r1', pg_temp.paid('b'), 100);
select count(*) filter (where idempotency_key is null) as forgotten, count(*) from billing.refunds;
-- Paid at node 2, too, and earlier: given back here less what was refunded, which is to be refunded of the one that stands.
select pg_temp.pay('e', 1, 2000), pg_temp.pay('f', 1, 300);
select status, amount from pg_temp.refund('e1', pg_temp.paid('e'), 600) union all select status, amount from pg_temp.refund('f1', pg_temp.paid('f'), 300);
select billing.take_keys(jsonb_populate_record(null::billing.batches, jsonb_build_object(
           'node_id', 2, 'created_at', clock_timestamp() - interval '1 min', 'key_hashes', array[key_hash],
           'key_pay_out_ids', array['0191d2c8-7a1b-8002-8e4f-000000000000'], 'key_fingerprints', array[fingerprint]))),
       billing.note_duplicates(array[key_hash], '30 days')
  from billing.pay_outs where idempotency_key in ('e', 'f');
select * from billing.undo_duplicates(10);
select amount_minor, reference from billing.transaction_log where operation_type = 'correction' order by id;
select * from pg_temp.refund('e2', pg_temp.paid('e'), 1);
select * from pg_temp.refund('e1', pg_temp.paid('e'), 600);
select has_duplicates from billing.see_duties();
select * from billing.move_refunds(10, 1000);
select has_duplicates from billing.see_duties();
select to_id, moved_minor, detail from billing.moved_refunds order by refund_id;
select * from billing.count_moved_refunds();
select checked > 0 as looked, findings from billing.audit_pay_outs('', 1000);
-- At the node of the one that stands: each once, and as much as can still be refunded; deleted or not.
create function pg_temp.take(in_n integer, in_pay_out uuid, in_minor bigint, in_tenant text default 'default')
returns jsonb language sql as $$
    select billing.take_moved_refunds(jsonb_build_array(jsonb_build_object(
        'refund_id', overlay('0191d2c8-7a1b-8002-8e4f-000000000000' placing lpad(in_n::text, 12, '0') from 25), 'pay_out_id', in_pay_out,
        'tenant', in_tenant, 'client_id', 'shop', 'fingerprint', '00', 'amount_minor', in_minor::text, 'reference', 'moved', 'metadata', null)))
$$;
select pg_temp.take(1, pg_temp.paid('b'), 300), pg_temp.take(1, pg_temp.paid('b'), 300) again;
select pg_temp.take(2, pg_temp.paid('b'), 900), pg_temp.take(2, pg_temp.paid('b'), 900) again, pg_temp.take(3, pg_temp.paid('b'), 1) full;
select pg_temp.take(4, pg_temp.paid('c'), 500) as deleted, pg_temp.take(5, pg_temp.paid('e'), 1) as duplicate;
select pg_temp.take(6, pg_temp.paid('a'), 1, 'stranger') as stranger, pg_temp.take(6, '0191d2c8-7a1b-8001-8e4f-000000000000', 1) as unknown;
-- One that raises has failed, and the others are made all the same.
savepoint before;
update billing.pay_outs set amount_minor = amount_minor + 2 where id = pg_temp.paid('c');
select v ->> 'status' as status, v ->> 'code' as code, v ->> 'moved_minor' as moved_minor
  from jsonb_array_elements(billing.take_moved_refunds((
           select jsonb_agg(jsonb_build_object(
                      'refund_id', overlay('0191d2c8-7a1b-8002-8e4f-000000000000' placing lpad(n::text, 12, '0') from 25), 'pay_out_id', pg_temp.paid('c'),
                      'tenant', 'default', 'client_id', 'shop', 'fingerprint', '00', 'amount_minor', '1',
                      'metadata', case n when 7 then '{not JSON' end) order by n) from generate_series(7, 8) n))) v;
rollback to before;
select operation_type, amount_minor, reference from billing.transaction_log where reference = 'moved' order by id;
select amount_minor, refunded_minor from billing.pay_outs where idempotency_key in ('b', 'c') order by 1;
-- While nodes may be of the version before, which knows no such entries.
delete from billing.completed_upgrades;
select * from pg_temp.refund('r7', pg_temp.paid('b'), 1);
