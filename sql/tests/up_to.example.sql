-- Pay-outs that take what there is, up to an amount (docs/drain.md).
create function pg_temp.take(in_key text, in_minor bigint, in_minimum bigint, in_is_local boolean default true, in_meaning text default null,
                             in_account bigint default 1)
returns table (status text, has_position boolean, left_minor bigint, told jsonb) language sql as $$
    select p.status, p."position" is not null, p.local_minor, coalesce(p.known -> 'up_to', p.known)
      from billing.pay_out('{shop}', array[in_key], array[sha256(coalesce(in_meaning, in_key)::bytea)], array[in_account], array[in_minor],
                           '{USD}', array[not in_is_local], '{5000}', '{null}', '{null}', null, null, null, null,
                           array[jsonb_build_object('minimum_minor', in_minimum::text, 'is_local', in_is_local)]) p
$$;
-- What donors answer: [node, round, reserved, own, others, left, income]; two: no answer.
create function pg_temp.decide(in_answers jsonb)
returns table (verdict text, nodes integer[], minor bigint[], available numeric, unreachable integer[], up_to jsonb) language sql as $$
    select d.verdict, d.taken_nodes, d.taken_minor, d.available_minor, d.unreachable_nodes, d.up_to
      from (select a.id from billing.pay_out_attempts a where a.state = 'pending') t,
           billing.decide_drain(t.id, (
               select coalesce(jsonb_agg(case when jsonb_array_length(a) = 2
                   then jsonb_build_object('node_id', a->0, 'attempt_id', t.id, 'round', a->1, 'status', 'unknown')
                   else jsonb_build_object('node_id', a->0, 'attempt_id', t.id, 'round', a->1, 'status', coalesce(a->>7, 'reserved'), 'reserved_minor', a->>2,
                       'own_minor', a->>3, 'others_minor', a->>4, 'left_minor', a->>5, 'income_minor', a->>6) end), '[]')
                 from jsonb_array_elements(in_answers) a), '{2,3}', true) d
$$;
create function pg_temp.paid(in_key text) returns table (amount bigint, status billing.pay_out_status, rejection text, up_to jsonb, parts jsonb) language sql as
$$ select p.amount_minor, p.status, p.rejection, p.up_to, billing.describe_pay_out(p.id) -> 'parts' from billing.pay_outs p where p.idempotency_key = in_key $$;
select deposit_balance(add_account('Serov'), 100, 1);
-- All of it while it is there, then what is left, then nothing, which is an answer; below its minimum it is short, and nothing is put down.
select * from pg_temp.take('a', 6000, 1000);
select * from pg_temp.take('b', 6000, 1000);
select * from pg_temp.take('c', 6000, 1);
select * from pg_temp.take('d', 6000, 0);
select * from pg_temp.paid('b') union all select * from pg_temp.paid('c') union all select * from pg_temp.paid('d');
select operation_type, amount_minor from billing.transaction_log where account_id = 1 order by id;
-- Repeated it is told as it was, whatever there is by then; another minimum is another request.
select deposit_balance(1, 50, 1);
select * from pg_temp.take('b', 6000, 1000);
select * from pg_temp.take('d', 6000, 0);
select * from pg_temp.take('d', 6000, 5, in_meaning => 'with another minimum');
-- In one call, among others, each has what those before it left.
select p.ordinal, p.status, p.local_minor, p.known ->> 'amount_minor' as paid
  from billing.pay_out(array_fill('shop'::text, '{5}'), '{e,f,g,h,i}', array_fill('\x01'::bytea, '{5}'), '{1,1,1,1,1}', '{2000,4000,10,10,10}',
                       array_fill('USD'::text, '{5}'), array_fill(false, '{5}'), array_fill(5000, '{5}'), array_fill(null::text, '{5}'),
                       array_fill(null::text, '{5}'), null, null, null, null,
                       array[null, '{"minimum_minor": "3000", "is_local": true}'::jsonb, null, '{"minimum_minor": "0", "is_local": true}',
                             '{"minimum_minor": "0", "is_local": false}']) p;
select balance_minor from billing.account_balances where account_id = 1;
-- Where others have money, a drain is begun; what there is is paid when its rounds are over, and who had no answer is named.
select deposit_balance(1, 10, 1);
select status from pg_temp.take('j', 9000, 500, false);
select * from pg_temp.decide('[[1,1,1000,1000,0,0,16000],[2,1,300,300,0,0,300],[3,1],[1,2,0,1000,0,0,16000],[2,2,0,300,0,0,300],[3,2]]');
select * from pg_temp.paid('j');
select * from pg_temp.take('j', 9000, 500, false);
-- Others hold some: paid, and not called all.
select status from pg_temp.take('k', 9000, 500, false);
select * from pg_temp.decide('[[1,1,0,0,0,0,16000],[2,1,600,600,50,0,900],[3,1,0,0,0,0,0],[1,2,0,0,0,0,16000],[2,2,0,600,50,0,900],[3,2,0,0,0,0,0]]');
-- Nothing anywhere: zero. Its decision takes nothing.
select status from pg_temp.take('l', 9000, 0, false);
select * from pg_temp.decide('[[1,1,0,0,0,0,16000],[2,1,0,0,0,0,900],[3,1,0,0,0,0,0],[1,2,0,0,0,0,16000],[2,2,0,0,0,0,900],[3,2,0,0,0,0,0]]');
select * from pg_temp.paid('l');
select decision, taken_minor from billing.drain_decisions order by decided_at desc limit 1;
-- Less than the minimum: refused as a pay-out of that.
select status from pg_temp.take('m', 9000, 700, false);
select * from pg_temp.decide('[[1,1,0,0,0,0,16000],[2,1,600,600,0,0,900],[3,1,0,0,0,0,0],[1,2,0,0,0,0,16000],[2,2,0,600,0,0,900],[3,2,0,0,0,0,0]]');
select * from pg_temp.paid('m');
-- More than asked for is given back; an account that is deleted elsewhere gives nothing any more; without answers it is aborted.
select status from pg_temp.take('m', 9000, 700, false);
select * from pg_temp.decide('[[1,1,0,0,0,0,16000],[2,1,5000,5000,0,0,9000],[3,1,5000,5000,0,0,9000]]');
select status from pg_temp.take('n', 9000, 0, false);
select * from pg_temp.decide('[[1,1,0,0,0,0,16000],[2,1,500,500,0,0,9000],[3,1,0,0,0,0,9000,"account_deleted"]]');
select status from pg_temp.take('o', 9000, 0, false);
select * from pg_temp.decide('[]');
select * from pg_temp.paid('o');
-- A refund goes as far as was paid.
select r ->> 'status' as status, r ->> 'remaining_minor' as remaining
  from billing.pay_outs p, billing.refund_pay_out(jsonb_build_object('pay_out_id', p.id, 'tenant', 'default', 'client_id', 'shop', 'key', 'r',
      'amount_minor', '1301', 'fingerprint', '00', 'currency', 'USD')) r where p.idempotency_key = 'j';
-- What another node has told: what it paid, nothing too.
select billing.take_keys(jsonb_populate_record(null::billing.batches, jsonb_build_object(
    'node_id', 2, 'created_at', clock_timestamp(), 'key_hashes', array[billing.key_hash('default', 'shop', k)], 'key_pay_out_ids',
    '{0191d2c8-7a1b-8002-8e4f-000000000000}'::uuid[], 'key_fingerprints', array[sha256(k::bytea)], 'key_up_tos', array[u::jsonb], 'taken_nodes', n, 'taken_minor', n)))
  from (values ('p', '{"amount_minor": "40", "is_exhausted": true}', null::integer[]), ('q', '{"amount_minor": "0", "is_exhausted": true}', '{}')) as v (k, u, n);
select p.status, p.known ->> 'amount_minor' as amount, p.known -> 'parts' as parts, p.known -> 'up_to' as up_to
  from unnest('{p,q}'::text[]) k,
       billing.pay_out('{shop}', array[k], array[sha256(k::bytea)], '{1}', '{500}', '{USD}', '{true}', '{5000}', '{null}', '{null}', null, null, null, null,
                       '{"{\"minimum_minor\": \"0\"}"}') p;
-- Of a local one what was paid travels with its key.
select v.k, b.key_up_tos, b.taken_minor from (values ('b'), ('d'), ('j')) as v (k)
  join billing.batches b on b.key_hashes = array[billing.key_hash('default', 'shop', v.k)] and b.key_deadline_at is null order by b.id;
select findings from billing.audit_pay_outs('', 100);
-- More than it might, less than its minimum, and not what it told.
update billing.pay_outs set amount_minor = 6001 where idempotency_key = 'a';
update billing.pay_outs set amount_minor = 999 where idempotency_key = 'j';
select f ->> 'check' as "check", f ->> 'expected_minor' as expected, f ->> 'found_minor' as found
  from billing.audit_pay_outs('', 100), jsonb_array_elements(findings) f order by 1, 2;
-- A pay-out of an exact amount is never of none.
update billing.pay_outs set amount_minor = 0, up_to = null where idempotency_key = 'e';
