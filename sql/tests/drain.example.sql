-- The steps of a drain as a donor sees them, and the judging of a drain that came up short.
\set A '00000000-0000-4000-8000-00000000000a'
\set B '00000000-0000-4000-8000-00000000000b'
\set C '00000000-0000-4000-8000-00000000000c'
\set P '00000000-0000-8000-8000-000000000001'
create function pg_temp.reserve(in_attempt uuid, in_round integer, in_wanted bigint, in_seconds integer default 5, in_account bigint default 1)
returns jsonb language sql as $$
    select a - '{attempt_id,node_id,batch_id}'::text[] from jsonb_array_elements(billing.reserve(jsonb_build_array(jsonb_build_object(
        'attempt_id', in_attempt, 'round', in_round, 'account_id', in_account, 'pay_out_id', '00000000-0000-8000-8000-000000000001'::uuid,
        'coordinator_node_id', 2, 'wanted_minor', in_wanted, 'deadline_at', clock_timestamp() + make_interval(secs => in_seconds))))) a
$$;
create function pg_temp.close(in_attempt uuid, in_rounds integer[] default '{}', in_minor bigint[] default '{}')
returns uuid[] language sql as $$
    select billing.close_reservations(jsonb_build_array(jsonb_build_object('attempt_id', in_attempt, 'account_id', 1,
        'coordinator_node_id', 2, 'taken_rounds', in_rounds, 'taken_minor', in_minor)))
$$;
select deposit_balance(add_account('Aleksandrov'), 100, 1);
-- Reserve: what is wanted, or what is there; a repeat takes nothing more; rounds add up.
select pg_temp.reserve(:'A', 1, 6000);
select pg_temp.reserve(:'A', 1, 6000);
select pg_temp.reserve(:'A', 2, 1000);
select pg_temp.reserve(:'B', 1, 6000);
select balance_minor, reserved_minor, income_minor from billing.account_balances;
-- Past its deadline, or of an account with nothing here.
select pg_temp.reserve(:'C', 1, 10, -1);
select pg_temp.reserve(:'C', 1, 10, 5, 4242);
-- From another node: what is left of the time, whatever its clock shows; nothing is left.
create function pg_temp.reserve_within_left(in_left_ms bigint)
returns jsonb language sql as $$
    select a -> 'status' from jsonb_array_elements(billing.reserve(jsonb_build_array(jsonb_build_object(
        'attempt_id', '00000000-0000-4000-8000-00000000000f', 'round', 1, 'account_id', 4242, 'coordinator_node_id', 2,
        'wanted_minor', 10, 'left_ms', in_left_ms, 'deadline_at',
        clock_timestamp() - sign(in_left_ms) * interval '1 hour')))) a
$$;
select pg_temp.reserve_within_left(1000), pg_temp.reserve_within_left(0), pg_temp.reserve_within_left(-1000);
-- Settle: part of round 1, none of round 2; a repeat changes nothing; then the attempt is closed.
select pg_temp.close(:'A', '{1}', '{4500}');
select pg_temp.close(:'A', '{1}', '{4500}');
select round, amount_minor, settled_minor, state from billing.reservations where attempt_id = :'A' order by round;
select pg_temp.reserve(:'A', 3, 10);
-- A decision that does not fit what is held is refused and changes nothing.
select pg_temp.close(:'A', '{1}', '{4501}');
select pg_temp.close(:'B', '{1}', '{4501}');
select pg_temp.close(:'B', '{2}', '{1}');
select balance_minor, reserved_minor from billing.account_balances;
-- Release; a repeat; a release before its reserve leaves a tombstone, and the reserve is refused.
select pg_temp.close(:'B');
select pg_temp.close(:'B');
select pg_temp.close(:'C');
select pg_temp.reserve(:'C', 1, 10);
select attempt_id, round, amount_minor, state from billing.reservations where attempt_id = :'C';
select balance_minor, reserved_minor, income_minor from billing.account_balances;
select operation_type, amount_minor, operation_id = :'P' as of_pay_out from billing.transaction_log order by id;
-- Deleted: no new reservation, while what is held can still be settled.
select pg_temp.reserve('00000000-0000-4000-8000-00000000000d', 1, 100);
select delete_account(1, true, 'gone');
select pg_temp.reserve('00000000-0000-4000-8000-00000000000e', 1, 100);
select pg_temp.close('00000000-0000-4000-8000-00000000000d', '{1}', '{100}');
select balance_minor, reserved_minor from billing.account_balances;

-- Why a drain came up short. An answer is [node, round, own, others, left, income]; null: no answer.
create function pg_temp.judge(in_amount bigint, in_answers jsonb) returns text language sql as $$
    select j.verdict || ' ' || j.available_minor || ' ' || j.unreachable_nodes::text
      from billing.judge_shortage(in_amount, (
          select jsonb_agg(case when jsonb_array_length(a) = 2 then jsonb_build_object('node_id', a->0, 'round', a->1, 'status', 'unknown')
              else jsonb_build_object('node_id', a->0, 'round', a->1, 'status', 'reserved', 'own_minor', a->2, 'others_minor', a->3,
                                      'left_minor', a->4, 'income_minor', a->5) end)
            from jsonb_array_elements(in_answers) a), '{1,2}') j
$$;
-- Every part was seen twice, and there was too little: 30 + 40 < 80.
select pg_temp.judge(80, '[[1,1,30,0,0,30],[2,1,40,0,0,40],[1,2,30,0,0,30],[2,2,40,0,0,40]]');
-- Two pay-outs of 80 from 50 + 50: the other one holds 50, so nothing is proved.
select pg_temp.judge(80, '[[1,1,50,0,0,50],[2,1,0,50,0,50],[1,2,50,0,0,50],[2,2,0,50,0,50]]');
-- Money decided on and not yet settled counts as held by others: it is about to go, or to come back.
select pg_temp.judge(80, '[[1,1,10,0,0,50],[2,1,30,40,0,50],[1,2,10,0,0,50],[2,2,30,40,0,50]]');
-- A pay-in between the rounds may have been there in time.
select pg_temp.judge(80, '[[1,1,30,0,0,30],[2,1,40,0,0,40],[1,2,30,0,10,40],[2,2,40,0,0,40]]');
-- A transfer under way from node 1 is among its others.
select pg_temp.judge(80, '[[1,1,30,10,0,40],[2,1,40,0,0,40],[1,2,30,0,0,40],[2,2,40,0,10,50]]');
-- The own node was not asked again, or a node only once: no two consecutive rounds.
select pg_temp.judge(80, '[[1,1,30,0,0,30],[2,1,40,0,0,40],[2,2,40,0,0,40]]');
select pg_temp.judge(80, '[[1,1,30,0,0,30],[1,2,30,0,0,30],[2,2,40,0,0,40]]');
-- A node that does not answer: what can be reached does not cover it; or it might, were others to let go.
select pg_temp.judge(80, '[[1,1,30,0,0,30],[2,1],[1,2,30,0,0,30],[2,2]]');
select pg_temp.judge(80, '[[1,1,30,60,0,90],[2,1],[1,2,30,60,0,90],[2,2]]');
-- It answered once: its money is neither seen nor away for certain.
select pg_temp.judge(80, '[[1,1,30,0,0,30],[2,1,40,0,0,40],[1,2,30,0,0,30],[2,2]]');
select pg_temp.judge(80, '[[1,1,30,0,0,30]]');

-- Whom to ask: in proportion to the replicas, in whole units, the rest from whoever has most to spare.
insert into billing.accounts (id, username, currency) values (6401, 'Shalaev', 'USD');
alter table billing.account_balances disable trigger user;
insert into billing.account_balances (account_id, node_id, balance_minor) values (6401, 2, 30050), (6401, 3, 10000);
select node_id, balance_minor, is_reachable, wanted_minor from billing.plan_drain(6401, 10025);
select node_id, wanted_minor from billing.plan_drain(6401, 40050);
select node_id, wanted_minor from billing.plan_drain(6401, 7);
-- Beyond what the replicas say, and on demand, everyone is asked for all of it.
select node_id, wanted_minor from billing.plan_drain(6401, 40051);
select node_id, wanted_minor from billing.plan_drain(6401, 100, true);
-- What drains begun just before want is not there for this one.
select node_id, wanted_minor from billing.plan_drain(6401, 5000, false, '[{"node_id": 2, "wanted_minor": "15050"}, {"node_id": 2, "wanted_minor": "15000"}]');
select node_id, wanted_minor from billing.plan_drain(6401, 10001, false, '[{"node_id": 2, "wanted_minor": "30050"}]');
insert into billing.node_breakers values (2, 1, now() + interval '1 hour', 'silent');
select node_id, is_reachable, wanted_minor from billing.plan_drain(6401, 100);
select node_id, balance_minor, reserved_minor, is_reachable, total_minor from billing.get_balance(6401);
delete from billing.node_breakers;
-- Several of one account begin in one call while replicas cover them, each after what those before it want; a donor judges them in
-- their order, not by their ids; what they brought is decided in one call.
create temporary table begun as
select ordinal, status, attempt from billing.pay_out(
    array_fill('shop'::text, '{4}'), '{a,b,c,d}', array_fill('\x00'::bytea, '{4}'), array_fill(6401::bigint, '{4}'), '{30000,10000,51,50}',
    array_fill('USD'::text, '{4}'), array_fill(true, '{4}'), array_fill(5000, '{4}'), array_fill(null::text, '{4}'), array_fill(null::text, '{4}'));
select ordinal, status, attempt -> 'asks' as asks from begun order by 1;
select ordinal, verdict, taken_nodes, taken_minor from billing.decide_drains((
    select jsonb_agg(jsonb_build_object('attempt_id', b.attempt -> 'attempt_id', 'asked_nodes', '[2, 3]'::jsonb, 'is_last', true,
                                        'answers', (b.attempt -> 'answers') || case when b.ordinal = 4 then '[]' else (
               select jsonb_agg(a || jsonb_build_object('attempt_id', b.attempt -> 'attempt_id', 'round', 1, 'status', 'reserved',
                                                        'reserved_minor', a -> 'wanted_minor')) from jsonb_array_elements(b.attempt -> 'asks') a) end)
                     order by b.ordinal)
      from begun b where b.status = 'begun')) order by 1;
select idempotency_key, status, rejection from billing.pay_outs order by 1;
select deposit_balance(add_account('Hot'), 100, 1);
select a ->> 'attempt_id' as attempt_id, a ->> 'reserved_minor' as reserved_minor
  from jsonb_array_elements(billing.reserve((
      select jsonb_agg(jsonb_build_object('attempt_id', id, 'round', 1, 'account_id', (select max(id) from billing.accounts where username = 'Hot'),
                                          'pay_out_id', :'P', 'coordinator_node_id', 2, 'wanted_minor', 6000, 'left_ms', 5000))
        from unnest(array['00000000-0000-4000-8000-0000000000f2', '00000000-0000-4000-8000-0000000000f1']) id))) a;
