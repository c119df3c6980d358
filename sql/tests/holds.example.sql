-- Holds at their home, and parts of them as a node sees them that holds some for another one. The home of all keys is this node.
create function pg_temp.authorise(in_key text, in_account bigint, in_minor bigint, in_ms bigint default 60000, in_currency text default 'USD')
returns jsonb language sql as $$
    select a - '{pay_out_id,created_at,ends_at,position,attempt,ordinal,local_minor}'::text[] || jsonb_build_object('known', a -> 'known' ->> 'state')
      from jsonb_array_elements(billing.authorise_holds(jsonb_build_array(jsonb_build_object(
        'tenant', 'default', 'client_id', 'shop', 'key', in_key, 'fingerprint', encode(sha256(format('%s %s', in_account, in_minor)::bytea), 'hex'),
        'account_id', in_account::text, 'amount_minor', in_minor::text, 'currency', in_currency, 'deadline_ms', 5000,
        'held_for_ms', in_ms, 'reference', 'order ' || in_key)), true)) a
$$;
create function pg_temp.hold(in_key text) returns uuid language sql as $$
    select id from billing.pay_outs where idempotency_key = in_key
$$;
-- What an operation came to: its status, what is left, and each node's answer.
create function pg_temp.ask(in_key text, in_kind text, in_hold text, in_minor bigint default null, in_ms bigint default null, in_currency text default 'USD')
returns table (status text, state text, left_minor text, node_id integer, minor text, got text, is_over boolean) language sql as $$
    select r.a ->> 'status', r.a -> 'hold' ->> 'state', r.a ->> 'left_minor', n.node_id, n.minor, n.got_minor, n.is_over
      from (select billing.begin_hold_operation(jsonb_strip_nulls(jsonb_build_object(
                'kind', in_kind, 'tenant', 'default', 'client_id', 'shop', 'key', in_key,
                'fingerprint', encode(sha256(format('%s %s %s', in_kind, in_hold, in_minor)::bytea), 'hex'), 'hold_id', pg_temp.hold(in_hold),
                'amount_minor', in_minor::text, 'held_for_ms', in_ms,
                'currency', case in_kind when 'capture' then in_currency end))) as a) r
      left join jsonb_to_recordset(r.a -> 'asks') as n (node_id integer, minor text, got_minor text, is_over boolean) on true
$$;
create function pg_temp.parts(in_hold text) returns setof text language sql as $$
    select concat_ws(' ', billing.describe_hold(pg_temp.hold(in_hold)) ->> 'state', p.node_id, 'of', p.amount_minor, 'captured', p.captured_minor,
                     'unknown', p.unknown_minor, 'held', p.held_minor, 'returning', p.returning_minor, 'returned', p.returned_minor)
      from jsonb_to_recordset(billing.describe_hold(pg_temp.hold(in_hold)) -> 'parts')
        as p (node_id integer, amount_minor text, captured_minor text, unknown_minor text, held_minor text, returning_minor text, returned_minor text)
$$;
create view pg_temp.part as select balance_minor, reserved_minor, held_minor, income_minor from billing.account_balances where node_id = 1;
select deposit_balance(add_account('Aleksandrov'), 100, 1);
-- Authorised: out of the balance, held, and no reservation; a key as of pay-outs.
select pg_temp.authorise('h1', 1, 6000);
table pg_temp.part;
select pg_temp.authorise('h1', 1, 6000), pg_temp.authorise('h1', 1, 6001), pg_temp.authorise('h2', 1, 1, in_currency => 'EUR'), pg_temp.authorise('h2', 42, 1);
select balance_minor, reserved_minor, held_minor, total_minor from billing.get_balance(1) where is_own;
select billing.get_pay_out(pg_temp.hold('h1'), 100), (billing.get_hold(pg_temp.hold('h1'), 100)).status, (billing.get_hold(pg_temp.hold('h1'), 100, '{other}')).status;
-- Captured in parts, each once; more than is left is refused, and its key stays free.
select * from pg_temp.ask('c1', 'capture', 'h1', 2000);
select * from pg_temp.ask('c1', 'capture', 'h1', 2000);
select * from pg_temp.ask('c1', 'capture', 'h1', 1999);
select * from pg_temp.ask('c2', 'capture', 'h1', 4001);
select * from pg_temp.ask('c2', 'capture', 'h1', 3000);
select * from pg_temp.ask('c3', 'capture', 'h1', 1, in_currency => 'EUR');
table pg_temp.part;
-- While its account's row is copied anew nothing is begun; what is known of a capture is told without a currency.
savepoint planted;
set session_replication_role = replica;
delete from billing.accounts where id = 1;
select billing.begin_hold_operation(jsonb_build_object('kind', k, 'tenant', 'default', 'client_id', 'shop', 'key', 'c0', 'fingerprint', '00',
           'hold_id', pg_temp.hold('h1'), 'amount_minor', '1', 'currency', 'USD', 'held_for_ms', '1000'))
  from unnest('{capture,void,extension}'::text[]) k;
select status from pg_temp.ask('c1', 'capture', 'h1', 2000);
select count(*) from billing.hold_operations;
rollback to planted;
-- Keys are of all kinds: of the hold, of a capture, of a pay-out.
select * from pg_temp.ask('h1', 'capture', 'h1', 1);
select pg_temp.authorise('c1', 1, 1);
select status from billing.pay_out('{shop}', '{c1}', '{x}', '{1}', '{1}', '{USD}', '{false}', '{5000}', '{null}', '{null}');
-- Extended: later or nothing. Voided: what is left is back, as income; then nothing more.
select * from pg_temp.ask('e1', 'extension', 'h1', in_ms => 120000);
select ends_at > now() + interval '100 s' as is_later from billing.holds;
select * from pg_temp.ask('e2', 'extension', 'h1', in_ms => 1000);
select ends_at > now() + interval '100 s' as is_later from billing.holds;
select * from pg_temp.ask('v1', 'void', 'h1');
select * from pg_temp.ask('v1', 'void', 'h1');
select * from pg_temp.ask('v2', 'void', 'h1');
select * from pg_temp.ask('c4', 'capture', 'h1', 1);
select * from pg_temp.ask('e3', 'extension', 'h1', in_ms => 1000);
select pg_temp.parts('h1');
table pg_temp.part;
-- Its time is over: by the sweep, or by whoever asks first. Other holds stay.
select pg_temp.authorise('h3', 1, 100, 0), pg_temp.authorise('h4', 1, 200, 0), pg_temp.authorise('h5', 1, 300);
select has_holds_over, hold_node_ids from billing.see_duties();
select * from pg_temp.ask('c5', 'capture', 'h3', 1);
select * from billing.end_holds(10, '');
select * from billing.end_holds(10, '');
select has_holds_over, hold_node_ids from billing.see_duties();
select * from pg_temp.ask('v3', 'void', 'h4');
select pg_temp.parts('h3'), pg_temp.parts('h4'), pg_temp.parts('h5');
table pg_temp.part;
-- Not known here; captured whole.
select * from pg_temp.ask('c6', 'capture', 'h0', 1);
select * from pg_temp.ask('c7', 'capture', 'h5', 300);
select * from pg_temp.ask('v5', 'void', 'h5');
select operation_type, amount_minor, reference from billing.transaction_log order by id;
select balance_minor = (select sum(amount_minor) from billing.transaction_log) as adds_up, * from pg_temp.part;
-- Not covered here, and no drain: refused, and the key is free. It drains: this part is set aside, and held once it is decided.
select a ->> 'status' as status, a ->> 'local_minor' as local_minor from jsonb_array_elements(billing.authorise_holds(
    '[{"tenant": "default", "client_id": "shop", "key": "h6", "fingerprint": "00", "account_id": "1", "amount_minor": "9000", "currency": "USD", "deadline_ms": 5000, "held_for_ms": 60000}]')) a;
select count(*) from billing.pay_outs where idempotency_key = 'h6';
select pg_temp.authorise('h6', 1, 9000);
table pg_temp.part;
select * from pg_temp.ask('c8', 'capture', 'h6', 1);
select hold_ends_at > now() + interval '50 s' as is_a_holds, state from billing.reservations;
-- Node 2 has confirmed 4,500 of it: open. Of the attempt node 2 has not heard.
create function pg_temp.decide(in_minor bigint) returns text language sql as $$
    select d.verdict || ' ' || coalesce(d.taken_nodes::text, '') || ' ' || coalesce(d.taken_minor::text, '')
      from billing.pay_out_attempts a,
           billing.decide_drain(a.id, jsonb_build_array(jsonb_build_object('node_id', 2, 'attempt_id', a.id, 'round', 1, 'status', 'reserved',
                                                                           'reserved_minor', in_minor)), '{2}', true) d
     where a.state = 'pending'
$$;
select pg_temp.decide(4500);
select pg_temp.parts('h6');
table pg_temp.part;
-- A capture of more than home holds: home's is captured, the rest is unknown, and neither captured again nor given back.
select * from pg_temp.ask('c8', 'capture', 'h6', 6000);
select * from pg_temp.ask('c9', 'capture', 'h6', 3001);
select hold_node_ids from billing.see_duties();
select a ->> 'node_id' as node_id, a ->> 'status' as status from jsonb_array_elements(billing.ask_hold_parts('{2,3}', null, 10, 100)) a;
select a - '{operation_id,hold_id,decision}'::text[] as ask, a -> 'decision' -> 'taken_minor' as decision
  from jsonb_array_elements(billing.gather_hold_asks(2, null, 10)) a;
-- A void brings it along.
select * from pg_temp.ask('v6', 'void', 'h6');
select a - '{operation_id,hold_id,decision,captures}'::text[] as ask, a -> 'captures' -> 0 -> 'minor' as brings
  from jsonb_array_elements(billing.gather_hold_asks(2, null, 10)) a order by 1;
select pg_temp.parts('h6');
-- What has failed there goes behind the others, and is told, as a whole call that has.
select c.said, r.recorded, cardinality(r.refused) as refused, jsonb_array_length(r.failed) as failed, r.failed -> 0 ->> 'code' as code
  from (values ('one', jsonb_build_object('node_id', 2, 'status', 'answered', 'answers', jsonb_build_array(jsonb_build_object(
                           'operation_id', billing.key_hash('default', 'shop', 'c8'), 'status', 'failed', 'code', '22003', 'message', 'too much')))),
               ('all', '{"node_id": 2, "status": "failed", "answers": null, "code": "42883", "message": "no such function"}')) c (said, answer),
       billing.record_hold_answers(jsonb_build_array(c.answer)) r;
select a ->> 'kind' as next from jsonb_array_elements(billing.gather_hold_asks(2, null, 1)) a;
select count(*) from jsonb_array_elements(billing.gather_hold_asks(2, array[billing.key_hash('default', 'shop', 'c8')], 10)) a;
-- Answered: once, for good.
create function pg_temp.answer(in_key text, in_status text, in_minor bigint) returns text language sql as $$
    select r.recorded || ' ' || cardinality(r.refused) from billing.record_hold_answers(jsonb_build_array(
        jsonb_build_object('node_id', 2, 'status', 'answered', 'answers', jsonb_build_array(jsonb_build_object(
            'operation_id', billing.key_hash('default', 'shop', in_key), 'status', in_status, 'minor', in_minor::text))),
        jsonb_build_object('node_id', 3, 'status', 'unknown', 'answers', null))) r
$$;
select pg_temp.answer('c8', 'refused', 0), pg_temp.answer('c8', 'captured', 1300), pg_temp.answer('c8', 'over', 0), pg_temp.answer('v6', 'returned', 3000);
select pg_temp.parts('h6');
select * from pg_temp.ask('c8', 'capture', 'h6', 6000);
select * from pg_temp.ask('v6', 'void', 'h6');
select hold_node_ids from billing.see_duties();
-- One whose drain comes to nothing is no hold.
select pg_temp.authorise('h7', 1, 9000);
select d.verdict from billing.pay_out_attempts a, billing.decide_drain(a.id, '[]', '{2}', true) d where a.state = 'pending';
select (billing.get_hold(pg_temp.hold('h7'), 100)).hold ->> 'state' as state, count(*) as holds from billing.holds where id = pg_temp.hold('h7');
table pg_temp.part;

-- The part of a hold of node 2.
select deposit_balance(add_account('Shalaev'), 100, 1);
\set H '00000000-0000-8002-8000-00000000000a'
\set A '00000000-0000-4000-8000-00000000000a'
create function pg_temp.hear(in_operation integer, in_kind text, in_minor bigint default 0, in_left_ms bigint default null, in_decision bigint default null,
                             in_captures jsonb default null, in_hold uuid default '00000000-0000-8002-8000-00000000000a')
returns jsonb language sql as $$
    select jsonb_agg(jsonb_strip_nulls(a - '{operation_id,batch_id,held_until}'::text[]) || jsonb_build_object('operation', right(a ->> 'operation_id', 1)))
      from jsonb_array_elements(billing.hear_hold_asks(jsonb_build_array(jsonb_build_object(
        'operation_id', pg_temp.uuid_of(in_operation), 'kind', in_kind, 'hold_id', in_hold, 'account_id', 65, 'home_node_id', 2,
        'minor', in_minor, 'left_ms', in_left_ms, 'captures', in_captures,
        'decision', case when in_decision is not null then jsonb_build_object(
            'attempt_id', '00000000-0000-4000-8000-00000000000a', 'account_id', 65, 'coordinator_node_id', 2,
            'taken_rounds', '[1]'::jsonb, 'taken_minor', jsonb_build_array(in_decision)) end)))) a
$$;
create view pg_temp.other as select balance_minor, reserved_minor, held_minor, income_minor from billing.account_balances where node_id = 1 and account_id = 65;
select pg_temp.hear(1, 'capture', 10);
select a ->> 'status' as status, a ->> 'reserved_minor' as reserved_minor from jsonb_array_elements(billing.reserve_holds_within(jsonb_build_array(
    jsonb_build_object('attempt_id', :'A', 'round', 1, 'account_id', 65, 'pay_out_id', :'H', 'coordinator_node_id', 2, 'wanted_minor', 5000,
                       'left_ms', 5000, 'held_for_ms', 60000)), 1000)) a;
table pg_temp.other;
-- A call that is there before the decision brings it along: the part is held, the excess goes back; a decision that does not fit does nothing.
select pg_temp.hear(1, 'capture', 1000, in_decision => 5001);
select pg_temp.hear(1, 'capture', 1000, in_decision => 4000);
table pg_temp.other;
select pg_temp.hear(1, 'capture', 1000, in_decision => 4000), pg_temp.hear(2, 'capture', 3001), pg_temp.hear(2, 'capture', 500);
-- Later or nothing.
select pg_temp.hear(3, 'extension', 0, 120000), pg_temp.hear(3, 'extension', 0, 1000), pg_temp.hear(3, 'extension', 0, -1000);
select ends_at > now() + interval '100 s' as is_later from billing.hold_parts where hold_id = :'H';
-- A void captures first what was asked before it. Whatever comes then is over, or is told the same again.
select pg_temp.hear(5, 'void', 2500, in_captures => jsonb_build_array(
    jsonb_build_object('operation_id', pg_temp.uuid_of(2), 'minor', 500), jsonb_build_object('operation_id', pg_temp.uuid_of(4), 'minor', 700)));
select pg_temp.hear(5, 'void', 2500), pg_temp.hear(4, 'capture', 700), pg_temp.hear(6, 'capture', 1), pg_temp.hear(7, 'extension', 0, 1000);
select state, amount_minor, captured_minor, returned_minor from billing.hold_parts where hold_id = :'H';
table pg_temp.other;
-- One that raises has failed, and keeps nobody else waiting: what would be given back leaves the range of bigint.
savepoint planted;
\set F '00000000-0000-8002-8000-00000000000f'
insert into billing.hold_parts (hold_id, home_node_id, account_id, amount_minor, ends_at)
values (:'F', 2, 65, 5, 'infinity'), ('00000000-0000-8002-8000-0000000000ff', 2, 65, 6, 'infinity');
update billing.account_balances set balance_minor = billing.minor_max() - 3, held_minor = held_minor + 11 where node_id = 1 and account_id = 65;
select jsonb_agg(a - 'batch_id') as said from jsonb_array_elements(billing.hear_hold_asks(jsonb_build_array(
    jsonb_build_object('operation_id', pg_temp.uuid_of(101), 'kind', 'void', 'hold_id', :'F', 'account_id', 65, 'home_node_id', 2),
    jsonb_build_object('operation_id', pg_temp.uuid_of(102), 'kind', 'capture', 'hold_id', '00000000-0000-8002-8000-0000000000ff',
                       'account_id', 65, 'home_node_id', 2, 'minor', 6)))) a;
select hold_id, state, captured_minor from billing.hold_parts where home_node_id = 2 and amount_minor in (5, 6) order by hold_id;
rollback to planted;
-- What cannot be ended is passed over, call by call, and keeps nothing else waiting.
savepoint planted;
insert into billing.hold_parts (hold_id, home_node_id, account_id, amount_minor, ends_at)
values (:'F', 2, 65, 5, now() - interval '3 s'), ('00000000-0000-8002-8000-0000000000fe', 2, 1, 6, now() - interval '2 s'),
       ('00000000-0000-8002-8000-0000000000ff', 2, 1, 7, now() - interval '2 s');
update billing.account_balances set balance_minor = billing.minor_max() - 3, held_minor = held_minor + 5 where node_id = 1 and account_id = 65;
update billing.account_balances set held_minor = held_minor + 13 where node_id = 1 and account_id = 1;
select ended, skipped, next_after as first from billing.end_holds(1, '') \gset
select :ended as ended, :'skipped'::jsonb -> 0 ->> 'code' as code, :'first' is not null as is_more;
select ended, skipped, next_after as second from billing.end_holds(1, :'first') \gset
select :ended as ended, :'skipped'::jsonb as skipped, :'second' is not null as is_more;
select * from billing.end_holds(10, :'second');
select hold_id, state from billing.hold_parts where home_node_id = 2 and amount_minor in (5, 6, 7) order by hold_id;
rollback to planted;
-- Its time is over: the row says so, not the clock.
\set G '00000000-0000-8002-8000-00000000000b'
select a ->> 'status' as status from jsonb_array_elements(billing.reserve_holds_within(jsonb_build_array(
    jsonb_build_object('attempt_id', '00000000-0000-4000-8000-00000000000b', 'round', 1, 'account_id', 65, 'pay_out_id', :'G', 'coordinator_node_id', 2,
                       'wanted_minor', 500, 'left_ms', 5000, 'held_for_ms', 0)), 1000)) a;
select billing.close_reservations('[{"attempt_id": "00000000-0000-4000-8000-00000000000b", "account_id": 65, "coordinator_node_id": 2, "taken_rounds": [1], "taken_minor": [500]}]');
select pg_temp.hear(8, 'capture', 100, in_hold => :'G');
select * from billing.end_holds(10, '');
select pg_temp.hear(8, 'capture', 100, in_hold => :'G'), pg_temp.hear(9, 'capture', 100, in_hold => :'G'), pg_temp.hear(3, 'void', 400, in_hold => :'G');
table pg_temp.other;
-- What is held is no empty account; it goes on after a deletion by force.
select billing.part_of_account(1) ->> 'reserved_minor' as at_rest, billing.part_of_account(65) ->> 'reserved_minor' as of_other;
select pg_temp.authorise('h8', 65, 100);
select billing.part_of_account(65) ->> 'reserved_minor' as held;
select delete_account(65, true, 'gone');
select * from pg_temp.ask('c10', 'capture', 'h8', 60);
select * from pg_temp.ask('v10', 'void', 'h8');
select pg_temp.authorise('h9', 65, 100);
table pg_temp.other;

-- What the auditor finds: nothing; then whatever only a superuser can plant.
create function pg_temp.seen() returns table (f text) language sql as $$
    select concat_ws(' ', x ->> 'check', x ->> 'account_id', regexp_replace(x ->> 'subject', '[0-9a-f-]{36}', '', 'g'), 'expected', x ->> 'expected_minor',
                     'found', x ->> 'found_minor', '-', x ->> 'detail')
      from (select (billing.audit_parts('', 100)).findings union all select (billing.audit_entries('', 100)).findings union all
            select (billing.audit_pay_outs('', 100)).findings union all select (billing.audit_drains('', 100)).findings union all
            select (billing.audit_holds('', 100)).findings union all select (billing.audit_doubt(60000, 100)).findings) w (findings),
           jsonb_array_elements(w.findings) x order by 1
$$;
select * from pg_temp.seen();
select status, checked, next_after is null as is_over from billing.audit_holds('', 100);
select status, checked, next_after is null as is_over from billing.audit_holds('', 2);
-- An open one, to plant them in.
select deposit_balance(1, 10, 1);
select pg_temp.authorise('h10', 1, 500) ->> 'status' as status;
select * from pg_temp.ask('c11', 'capture', 'h10', 200);
select * from pg_temp.seen();
set session_replication_role = replica;
-- What was reserved for a part is forgotten at once, in however many rounds, and finds nothing.
savepoint planted;
update billing.reservations set amount_minor = 3000, settled_minor = 3000, closed_at = now() - interval '2 days' where attempt_id = :'A';
insert into billing.reservations (attempt_id, round, account_id, pay_out_id, coordinator_node_id, amount_minor, settled_minor, state, closed_at)
values (:'A', 2, 65, :'H', 2, 1000, 1000, 'settled', now() - interval '1 day 23 hours');
update billing.hold_parts set held_at = now() - interval '2 days' where hold_id = :'H';
select * from pg_temp.seen();
select billing.forget_pay_outs('1 day', 1) > 0 as has_forgotten, (select count(*) from billing.reservations where attempt_id = :'A') as before;
select count(*) from billing.reservations where attempt_id = :'A';
select * from pg_temp.seen() where f not like 'pay_out%';
rollback to planted;
-- The part's figure, the part, both together.
update billing.account_balances set held_minor = held_minor + 5 where account_id = 1;
select * from pg_temp.seen();
rollback to planted;
update billing.hold_parts set amount_minor = amount_minor + 5 where hold_id = pg_temp.hold('h10');
select * from pg_temp.seen();
rollback to planted;
update billing.account_balances set held_minor = held_minor + 5 where account_id = 1;
update billing.hold_parts set amount_minor = amount_minor + 5 where hold_id = pg_temp.hold('h10');
select * from pg_temp.seen();
rollback to planted;
-- A capture that is doubled, taken away, made up with all that it changes.
update billing.hold_captures set amount_minor = 2 * amount_minor where hold_id = pg_temp.hold('h10');
select * from pg_temp.seen();
rollback to planted;
delete from billing.hold_captures where hold_id = pg_temp.hold('h10');
select * from pg_temp.seen();
rollback to planted;
insert into billing.hold_captures (hold_id, capture_id, account_id, amount_minor) values (pg_temp.hold('h10'), gen_random_uuid(), 1, 7);
update billing.hold_parts set captured_minor = captured_minor + 7 where hold_id = pg_temp.hold('h10');
update billing.account_balances set held_minor = held_minor - 7 where account_id = 1;
select * from pg_temp.seen();
rollback to planted;
-- What was given back: no entry, not as income, an entry of no part, of more than the part says.
delete from billing.transaction_log where operation_type = 'return' and operation_id = pg_temp.hold('h3');
select * from pg_temp.seen();
rollback to planted;
update billing.account_balances set income_minor = income_minor - 100 where account_id = 1;
select * from pg_temp.seen();
rollback to planted;
insert into billing.transaction_log (account_id, amount_minor, operation_id, node_id, operation_type) values (1, 5, gen_random_uuid(), 1, 'return');
select * from pg_temp.seen();
rollback to planted;
update billing.hold_parts set returned_minor = returned_minor - 1 where hold_id = pg_temp.hold('h3');
select * from pg_temp.seen();
rollback to planted;
-- A part past its time, and one that no decision knows; what a node has not answered.
update billing.hold_parts set ends_at = now() - interval '2 minutes' where hold_id = pg_temp.hold('h10');
select regexp_replace(f, ' since .*', '') as f from pg_temp.seen() where f like 'in_doubt%';
rollback to planted;
insert into billing.hold_parts (hold_id, home_node_id, account_id, amount_minor, ends_at) values (gen_random_uuid(), 2, 1, 7, 'infinity');
update billing.account_balances set held_minor = held_minor + 7 where account_id = 1;
select * from pg_temp.seen();
rollback to planted;
update billing.hold_asks set answered_at = null where operation_id = billing.key_hash('default', 'shop', 'c8') and node_id = 2;
update billing.hold_operations set created_at = now() - interval '2 minutes';
select regexp_replace(f, ' since .*', '') as f from pg_temp.seen() where f like 'in_doubt%';
select stage, holds, oldest_age_s > 100 as is_old from billing.count_holds();
rollback to planted;
set session_replication_role = origin;
-- The sums of a node: what is held is there, what was captured is paid.
select account_id, balance_minor, brought_minor, paid_minor, open from billing.audit_sums(0, null, null);

-- What is held travels with every change of the part, whoever makes it: a pay-in, a pay-out, a deposit. Null where nothing is.
select epoch from billing.claim_partition('billing.payin', 0, 'w', 0, 90) \gset
create view pg_temp.told as
select part_account_ids, balances_minor, held_minor from billing.batches where part_account_ids is not null order by id desc limit 1;
select status, applied from pg_temp.apply(:epoch, 0, 1, '[{"o": 0, "c": 901, "a": 1, "m": 100}]');
table pg_temp.told;
select status from billing.pay_out('{shop}', '{p1}', '{x}', '{1}', '{50}', '{USD}', '{false}', '{5000}', '{null}', '{null}');
table pg_temp.told;
select deposit_balance(1, 1, 1);
table pg_temp.told;
select * from pg_temp.ask('v11', 'void', 'h10');
table pg_temp.told;
-- A hold is no pay-out: it is not told of, and not refunded, as one.
select billing.refund_pay_out(jsonb_build_object('pay_out_id', p.id, 'tenant', 'default', 'client_id', 'shop', 'key', 'r1', 'fingerprint', '00',
           'amount_minor', '1', 'currency', 'USD')) ->> 'status' as refund, billing.describe_pay_out(p.id) as pay_out, p.status
  from billing.pay_outs p where p.status = 'held' order by p.created_at limit 1;
-- What a call opens is told by one batch, what it drains for by one of its own: every entry of a hold once.
savepoint sent;
select deposit_balance(add_account('Petrov'), 10, 1);
select currval('billing.batch_id_seq') as before \gset
select a ->> 'status' as status
  from jsonb_array_elements(billing.authorise_holds((
        select jsonb_agg(jsonb_build_object('tenant', 'default', 'client_id', 'shop', 'key', 'sent ' || m, 'fingerprint', '00',
                                            'account_id', (select max(a.id) from billing.accounts a), 'amount_minor', m::text, 'currency', 'USD',
                                            'deadline_ms', 5000, 'held_for_ms', 60000) order by m)
          from unnest('{100,200,90000}'::bigint[]) m), true)) a;
select operation_type, amounts_minor, held_minor, cardinality(key_hashes) as keys
  from billing.batches where operation_type = 'reserve' and id > :before order by id;
rollback to sent;
-- Until the upgrade is complete here it is as if this node had no such functions.
delete from billing.completed_upgrades;
select pg_temp.authorise('h12', 1, 1);
select billing.reserve_holds_within('[]', 100);
