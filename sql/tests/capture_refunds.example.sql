-- Refunds of captures (docs/refunds.md): what the home of a hold decides.
create function pg_temp.hold(in_key text) returns uuid language sql as $$ select id from billing.pay_outs where idempotency_key = in_key $$;
create function pg_temp.authorise(in_key text, in_account bigint, in_minor bigint) returns text language sql as $$
    select a ->> 'status'
      from jsonb_array_elements(billing.authorise_holds(jsonb_build_array(jsonb_build_object(
        'tenant', 'default', 'client_id', 'shop', 'key', in_key, 'fingerprint', '00', 'account_id', in_account::text,
        'amount_minor', in_minor::text, 'currency', 'USD', 'deadline_ms', 5000, 'held_for_ms', 60000)), true)) a
$$;
create function pg_temp.operate(in_key text, in_kind text, in_hold text, in_minor bigint default null)
returns table (status text, left_minor text, refunded text, got text) language sql as $$
    select a ->> 'status', a ->> 'left_minor', a #>> '{operation,refunded_minor}', jsonb_path_query_array(a, '$.asks[*].got_minor')::text
      from billing.begin_hold_operation(jsonb_strip_nulls(jsonb_build_object(
               'kind', in_kind, 'tenant', 'default', 'client_id', 'shop', 'key', in_key, 'fingerprint', '0a', 'hold_id', pg_temp.hold(in_hold),
               'amount_minor', in_minor::text, 'currency', 'USD'))) a
$$;
create function pg_temp.refund(in_key text, in_hold uuid, in_capture text, in_minor bigint, in_fingerprint text default '0b', in_currency text default 'USD',
                               in_tenant text default 'default')
returns table (status text, amount text, refunded text, remaining text, is_of boolean, more jsonb) language sql as $$
    select r ->> 'status', r #>> '{refund,amount_minor}', r #>> '{refund,refunded_minor}', coalesce(r #>> '{refund,remaining_minor}', r ->> 'remaining_minor'),
           (r #>> '{refund,pay_out_id}')::uuid = in_hold and (r #>> '{refund,capture_id}')::uuid = billing.key_hash('default', 'shop', in_capture),
           r - '{status,refund,position,remaining_minor}'::text[]
      from billing.refund_pay_out(jsonb_build_object(
               'pay_out_id', in_hold, 'capture_id', billing.key_hash('default', 'shop', in_capture), 'tenant', in_tenant, 'client_id', 'shop',
               'key', in_key, 'amount_minor', in_minor::text, 'fingerprint', in_fingerprint, 'currency', in_currency,
               'reference', 'back ' || in_key, 'metadata', '{"why": 1.50}')) r
$$;
create view pg_temp.part as select account_id, balance_minor, held_minor, income_minor from billing.account_balances where node_id = 1 order by 1;
select deposit_balance(add_account('Levin'), 100, 1), deposit_balance(add_account('Levitan'), 10, 1);
select pg_temp.authorise('h1', 1, 6000), pg_temp.authorise('h2', 65, 500);
select * from pg_temp.operate('c1', 'capture', 'h1', 2000) union all select * from pg_temp.operate('c2', 'capture', 'h1', 1000)
union all select * from pg_temp.operate('c3', 'capture', 'h2', 300);
-- In parts, up to what this capture has captured; a repeat is told, as of now; what is too much does not use up its key.
select * from pg_temp.refund('r1', pg_temp.hold('h1'), 'c1', 1500);
select * from pg_temp.refund('r2', pg_temp.hold('h1'), 'c1', 501);
select * from pg_temp.refund('r2', pg_temp.hold('h1'), 'c1', 500, '0c');
select * from pg_temp.refund('r1', pg_temp.hold('h1'), 'c1', 1500);
select * from pg_temp.refund('r3', pg_temp.hold('h1'), 'c2', 400);
select amount_minor, operation_type, reference from billing.transaction_log where account_id = 1 order by id;
table pg_temp.part;
-- Shown with its hold, its capture and in the history; of the hold all that is held can still be captured.
select h ->> 'refunded_minor' as refunded, jsonb_path_query_array(h, '$.refunds[*].amount_minor') as refunds,
       (select count(distinct r ->> 'capture_id') from jsonb_array_elements(h -> 'refunds') r) as captures
  from billing.describe_hold(pg_temp.hold('h1')) h;
select * from pg_temp.operate('c1', 'capture', 'h1', 2000);
select type, amount_minor, reference, details - '{hold_id,capture_id}'::text[] as details, (details ->> 'hold_id')::uuid = pg_temp.hold('h1') as is_of_hold,
       (details ->> 'capture_id')::uuid = billing.key_hash('default', 'shop', 'c2') as is_of_c2
  from billing.list_operations(1, null, 10) where type in ('refund', 'hold');
-- A key is of one request, of whichever kind.
select * from pg_temp.refund('r1', pg_temp.hold('h1'), 'c1', 1, '0d');
select * from pg_temp.refund('c1', pg_temp.hold('h1'), 'c1', 1);
select * from pg_temp.refund('h1', pg_temp.hold('h1'), 'c1', 1);
select status from pg_temp.operate('r1', 'capture', 'h1', 1);
select status from billing.pay_out('{shop}', '{r1}', '{x}', '{1}', '{1}', '{USD}', '{false}', '{5000}', '{null}', '{null}');
-- Whose, which, in what: no capture, another hold's, a void, a pay-out's.
select * from pg_temp.refund('r4', pg_temp.hold('h1'), 'c0', 1);
select * from pg_temp.refund('r4', pg_temp.hold('h1'), 'c3', 1);
select * from pg_temp.refund('r4', '0191d2c8-7a1b-8001-8e4f-000000000000', 'c1', 1);
select status from billing.pay_out('{shop}', '{p1}', '{x}', '{1}', '{100}', '{USD}', '{false}', '{5000}', '{null}', '{null}');
select * from pg_temp.refund('r4', pg_temp.hold('p1'), 'c1', 1);
select * from pg_temp.refund('r4', pg_temp.hold('h1'), 'c2', 1, in_tenant => 'stranger');
select * from pg_temp.refund('r4', pg_temp.hold('h1'), 'c2', 1, in_currency => 'EUR');
select * from pg_temp.operate('v1', 'void', 'h1');
select * from pg_temp.refund('r4', pg_temp.hold('h1'), 'v1', 1);
-- What was captured is paid, whatever became of the rest.
select * from pg_temp.refund('r4', pg_temp.hold('h1'), 'c2', 600);
select * from pg_temp.refund('r5', pg_temp.hold('h1'), 'c2', 1);
-- Deleted; too much for one part.
savepoint planted;
update billing.accounts set is_deleted = true where id = 65;
select * from pg_temp.refund('r5', pg_temp.hold('h2'), 'c3', 1);
rollback to planted;
update billing.account_balances set balance_minor = billing.minor_max() where account_id = 65;
select * from pg_temp.refund('r5', pg_temp.hold('h2'), 'c3', 1);
select refunded_minor from billing.hold_operations where hold_id = pg_temp.hold('h2');
rollback to planted;
-- A part of it is elsewhere, and its node has not answered: what is confirmed is refunded, more is in progress while it may be captured.
select pg_temp.authorise('h3', 65, 1200);
select d.verdict from billing.pay_out_attempts a, billing.decide_drain(a.id, jsonb_build_array(jsonb_build_object(
           'node_id', 2, 'attempt_id', a.id, 'round', 1, 'status', 'reserved', 'reserved_minor', 700)), '{2}', true) d
 where a.state = 'pending';
select * from pg_temp.operate('c4', 'capture', 'h3', 900);
select * from pg_temp.refund('r6', pg_temp.hold('h3'), 'c4', 901);
select * from pg_temp.refund('r6', pg_temp.hold('h3'), 'c4', 501);
select * from pg_temp.refund('r6', pg_temp.hold('h3'), 'c4', 100);
savepoint unknown;
-- Its part was over: no more comes. Or it was not.
select recorded from billing.record_hold_answers(jsonb_build_array(jsonb_build_object('node_id', 2, 'status', 'answered', 'answers', jsonb_build_array(
           jsonb_build_object('operation_id', billing.key_hash('default', 'shop', 'c4'), 'status', 'over', 'minor', '0')))));
select * from pg_temp.refund('r7', pg_temp.hold('h3'), 'c4', 401);
rollback to unknown;
select recorded from billing.record_hold_answers(jsonb_build_array(jsonb_build_object('node_id', 2, 'status', 'answered', 'answers', jsonb_build_array(
           jsonb_build_object('operation_id', billing.key_hash('default', 'shop', 'c4'), 'status', 'captured', 'minor', '400')))));
select * from pg_temp.refund('r7', pg_temp.hold('h3'), 'c4', 800);
-- Asked by the hold's node.
select status, node_id, answer ->> 'status' as said from billing.hand_over_refund(jsonb_build_object(
    'pay_out_id', pg_temp.hold('h2'), 'capture_id', billing.key_hash('default', 'shop', 'c3'), 'tenant', 'default', 'client_id', 'shop', 'key', 'r8',
    'amount_minor', '100', 'fingerprint', '00', 'currency', 'USD'), 1000);
-- The sums of a node, and what its auditor finds: nothing.
select account_id, balance_minor, brought_minor, paid_minor, open from billing.audit_sums(0, null, null);
create function pg_temp.seen() returns table (f text) language sql as $$
    select concat_ws(' ', x ->> 'check', regexp_replace(x ->> 'object', '[0-9a-f-]{36}', '…', 'g'), x ->> 'expected_minor', x ->> 'found_minor', x ->> 'detail')
      from (select (billing.audit_parts('', 100)).findings union all select (billing.audit_entries('', 100)).findings union all
            select (billing.audit_pay_outs('', 100)).findings union all select (billing.audit_holds('', 100)).findings) w (findings),
           jsonb_array_elements(w.findings) x order by 1
$$;
select * from pg_temp.seen();
set session_replication_role = replica;
savepoint planted;
-- More than a capture has captured, with all that it changes: it asked for 900, and 400 of them were over.
update billing.hold_asks set got_minor = 0, is_over = true where node_id = 2;
select * from pg_temp.seen();
rollback to planted;
-- The sum of a capture alone; a refund that names another one, or none.
update billing.hold_operations set refunded_minor = refunded_minor + 1 where id = billing.key_hash('default', 'shop', 'c3');
select * from pg_temp.seen();
rollback to planted;
update billing.refunds set capture_id = billing.key_hash('default', 'shop', 'c3') where idempotency_key = 'r3';
select * from pg_temp.seen();
rollback to planted;
update billing.refunds set capture_id = null where idempotency_key = 'r3';
select * from pg_temp.seen();
