-- Keys that other nodes tell of (docs/key-homes.md): node 2 is made to tell by billing.take_keys, as apply calls it.
create function pg_temp.pay(in_key text, in_account bigint, in_minor bigint, in_fingerprint text default null, in_may_drain boolean default false)
returns table (status text, is_own boolean, parts jsonb) language sql as $$
    select p.status, billing.pay_out_node_id(p.pay_out_id) = 1, p.known -> 'parts'
      from billing.pay_out('{shop}', array[in_key], array[sha256(coalesce(in_fingerprint, in_key)::bytea)], array[in_account], array[in_minor],
                           '{USD}', array[in_may_drain], '{5000}', '{null}', '{null}') p
$$;
-- in_age: of the pay-out there. in_ends: a drain that may last so long. in_fingerprint '': its key is free again.
create function pg_temp.tell(in_key text, in_age interval, in_fingerprint text default null, in_ends interval default null, in_taken bigint[] default null)
returns void language sql as $$
    select billing.take_keys(jsonb_populate_record(null::billing.batches, jsonb_build_object(
        'node_id', 2, 'created_at', clock_timestamp() - in_age, 'key_hashes', array[billing.key_hash('default', 'shop', in_key)],
        'key_pay_out_ids', array[overlay('0191d2c8-7a1b-8002-8e4f-000000000000' placing lpad(ascii(in_key)::text, 12, '0') from 25)],
        'key_fingerprints', case when in_fingerprint is distinct from '' then array[sha256(coalesce(in_fingerprint, in_key)::bytea)] end,
        'key_deadline_at', clock_timestamp() + in_ends, 'taken_nodes', case when in_taken is not null then array[2, 3] end, 'taken_minor', in_taken)))
$$;
create function pg_temp.find(in_key text) returns void language sql as $$
    select billing.note_duplicates(array[billing.key_hash('default', 'shop', in_key)], '30 days')
$$;
select deposit_balance(add_account('Tarasov'), 100, 1);
-- Paid there: replayed, whatever this part has; another request is a conflict. What drained tells its parts.
select pg_temp.tell('a', '1 min'), pg_temp.tell('b', '1 min', null, null, '{30,12}');
select * from pg_temp.pay('a', 1, 500), pg_temp.pay('a', 1, 501, 'other') other, pg_temp.pay('b', 1, 42) drained;
-- Being drained for there, until it is told that it was paid, or that the key is free again.
select pg_temp.tell('c', '1 s', null, '5 s'), pg_temp.tell('d', '1 s', null, '5 s'), pg_temp.tell('e', '1 min', null, '-10 s');
select * from pg_temp.pay('c', 1, 500), pg_temp.pay('d', 1, 500) d, pg_temp.pay('d', 1, 501, 'other') other;
select pg_temp.tell('c', '1 s'), pg_temp.tell('d', '1 s', '');
select * from pg_temp.pay('c', 1, 500), pg_temp.pay('d', 1, 500) d;
-- Of which nothing came in its time: paid here.
select * from pg_temp.pay('e', 1, 500);
select balance_minor from billing.account_balances where account_id = 1;
-- Paid at both: the earlier stands, and the later one's node gives back, once. Here that is node 1's of f, node 2's of g.
select * from pg_temp.pay('f', 1, 700), pg_temp.pay('g', 1, 800) g;
select pg_temp.tell('f', '1 min'), pg_temp.tell('g', '-1 min'), pg_temp.find('f'), pg_temp.find('g'), pg_temp.find('f');
select billing.pay_out_node_id(pay_out_id) as undone_at, billing.pay_out_node_id(stands_id) as stands_at, is_same from billing.duplicate_pay_outs order by 1;
select has_duplicates from billing.see_duties();
select * from billing.undo_duplicates(10), billing.undo_duplicates(10) again;
select operation_type, amount_minor, reference from billing.transaction_log where operation_type = 'correction';
select balance_minor, income_minor from billing.account_balances where account_id = 1;
select billing.describe_pay_out(id) ->> 'duplicate_of' as duplicate_of from billing.pay_outs where idempotency_key in ('f', 'g') order by idempotency_key;
select * from pg_temp.pay('f', 1, 700), pg_temp.pay('g', 1, 800) g;
select checked > 0 as looked, findings from billing.audit_pay_outs('', 1000);
select * from billing.count_duplicates();
-- A row that no payment there stands behind is not believed: nothing is given back, and it stays open.
select * from pg_temp.pay('h', 1, 100);
insert into billing.arrived_duplicates select id, '0191d2c8-7a1b-8002-8e4f-000000000000' from billing.pay_outs where idempotency_key = 'h';
select * from billing.undo_duplicates(10);
select open from billing.count_duplicates();
delete from billing.arrived_duplicates;
-- Two requests under one key, paid at both: both stand, each is repeated at its node, and the audit tells.
select * from pg_temp.pay('i', 1, 100);
select pg_temp.tell('i', '1 min', 'other'), pg_temp.find('i');
select * from billing.undo_duplicates(10);
select * from pg_temp.pay('i', 1, 100), pg_temp.pay('i', 1, 101, 'other') other;
select f ->> 'check' as "check", f ->> 'detail' as detail from billing.audit_pay_outs('', 1000), jsonb_array_elements(findings) f;
select different from billing.count_duplicates();
-- Refused here, paid there meanwhile, and then repeated here: with its own time, which is the earlier. Each node says the same of which stands.
select status from pg_temp.pay('j', 1, 9999999, null, true);
select verdict from billing.decide_drain((select a.id from billing.pay_out_attempts a where a.state = 'pending'), '[]', '{2,3}', true);
select deposit_balance(1, 200000, 1);
select status from pg_temp.pay('j', 1, 9999999);
select pg_temp.tell('j', '-1 min'), pg_temp.find('j');
select billing.pay_out_node_id(pay_out_id) as undone_at from billing.duplicate_pay_outs d join billing.pay_outs p on p.id = d.stands_id where p.idempotency_key = 'j';
select b.created_at = p.created_at as told_with_its_time from billing.batches b join billing.pay_outs p on p.id = any (b.key_pay_out_ids)
 where p.idempotency_key = 'j' and b.key_fingerprints is not null;
-- Pending here past its deadline, and paid there: not paid anew, whoever asks.
select status from pg_temp.pay('k', 1, 99999999, null, true);
update billing.pay_outs set deadline_at = clock_timestamp() - interval '1 min' where idempotency_key = 'k';
update billing.pay_out_attempts set deadline_at = clock_timestamp() - interval '1 min' where state = 'pending';
select pg_temp.tell('k', '1 s');
select * from pg_temp.pay('k', 1, 99999999);
select verdict from billing.decide_drain((select a.id from billing.pay_out_attempts a where a.state = 'pending'), '[]', '{2,3}', true);
select * from pg_temp.pay('k', 1, 99999999);
-- Forgotten by its age, a key is a new one, and what was paid under it before is no pair.
select billing.forget_pay_outs('10 s', 100) > 0 as forgotten;
select * from pg_temp.pay('a', 1, 500);
select pg_temp.tell('g', '40 days'), pg_temp.find('g');
select count(*) from billing.duplicate_pay_outs d where d.pay_out_id in (select id from billing.pay_outs where idempotency_key = 'g');
-- What a home that is silent has told.
select pg_temp.tell('l', '1 min');
select status, known -> 'parts' as parts from billing.find_arrived_pay_out(2, 'default', 'shop', 'l', array[sha256('l')], 1, 700, 'USD', null, null);
select status from billing.find_arrived_pay_out(2, 'default', 'shop', 'l', array[sha256('x')], 1, 700, 'USD', null, null);
select status from billing.find_arrived_pay_out(3, 'default', 'shop', 'l', array[sha256('l')], 1, 700, 'USD', null, null);
