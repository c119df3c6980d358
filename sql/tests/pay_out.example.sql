-- billing.pay_out: many at once, judged in order of arrival per account. Calls it with requests written
-- as JSON: {"k": key, "a": account, "m": minor units, "cur", "fp": fingerprint, "old": that of an earlier
-- version, "no": may not drain}.
create function pg_temp.pay_out(in_requests jsonb)
returns table (n integer, status text, is_v8 boolean, local_minor bigint, attempt jsonb, known jsonb) language sql as $$
    with r as (select r, i from jsonb_array_elements(in_requests) with ordinality as t (r, i))
    select p.ordinal, p.status, billing.pay_out_node_id(p.pay_out_id) = 1, p.local_minor, p.attempt, p.known
      from (select array_agg('shop'::text order by i) as c, array_agg(r->>'k' order by i) as k,
                   array_agg(sha256(coalesce(r->>'fp', r->>'k')::bytea) order by i) as f,
                   array_agg((r->>'a')::bigint order by i) as a, array_agg((r->>'m')::bigint order by i) as m,
                   array_agg(coalesce(r->>'cur', 'USD') order by i) as cur,
                   array_agg(r->>'no' is null order by i) as d, array_agg(5000 order by i) as ms,
                   array_agg(r->>'ref' order by i) as ref, array_agg(r->>'meta' order by i) as meta,
                   array_agg(i::integer order by i) filter (where r ? 'old') as old_i,
                   array_agg(sha256((r->>'old')::bytea) order by i) filter (where r ? 'old') as old_f
              from r) b,
           lateral billing.pay_out(b.c, b.k, b.f, b.a, b.m, b.cur, b.d, b.ms, b.ref, b.meta, b.old_i, b.old_f) p
$$;
select deposit_balance(add_account('Aleksandrov'), 100, 1), deposit_balance(add_account('Pavlichev'), 50, 1);
-- Paid from here; a smaller one after one that is too large is paid; each refusal has its status.
select n, status, is_v8, local_minor, known from pg_temp.pay_out('[
  {"k": "a", "a": 1, "m": 6000, "ref": "order 7", "meta": "{\"order\": 7}"}, {"k": "b", "a": 1, "m": 5000, "no": 1}, {"k": "c", "a": 1, "m": 4000},
  {"k": "d", "a": 65, "m": 1, "cur": "EUR"}, {"k": "e", "a": 99, "m": 1}]');
select account_id, balance_minor, reserved_minor from billing.account_balances order by 1;
select account_id, operation_type, amount_minor, reference from billing.transaction_log order by id;
select client_id, idempotency_key, account_id, amount_minor, status, reference from billing.pay_outs order by 2;
select metadata from billing.pay_outs where metadata is not null;
-- A pay-in may bear the id of a pay-out, say to give it back: each has metadata of its own.
select id as paid from billing.pay_outs where idempotency_key = 'a' \gset
select billing.credit_pay_ins(0, array[:'paid'::uuid], '{1}', '{100}', '{USD}', null, '{}');
select billing.keep_metadata(array[:'paid'::uuid], '{1}', '{1}', array['{"back": true}'::jsonb]);
select outcome, metadata, billing.describe_pay_out(:'paid') ->> 'metadata' as of_pay_out from billing.get_pay_in(:'paid', null, null, null, null);
-- Written down by an earlier version: the same request is known by what that one would have made of it.
select n, status from pg_temp.pay_out('[{"k": "c", "fp": "new", "a": 1, "m": 4000}, {"k": "a", "fp": "new", "old": "a", "a": 1, "m": 6000}]');
select n, status from pg_temp.pay_out('[{"k": "a", "fp": "new", "old": "other", "a": 1, "m": 6000}]');
-- The same key again: the same answer, moving nothing; with other content a conflict. What was short
-- left its key free. A key twice in one call is paid once.
select n, status, known - 'pay_out_id' - 'created_at' - 'decided_at' as known from pg_temp.pay_out('[
  {"k": "a", "a": 1, "m": 6000}, {"k": "c", "fp": "other", "a": 1, "m": 4000}, {"k": "b", "a": 65, "m": 100}, {"k": "f", "a": 65, "m": 100}, {"k": "f", "a": 65, "m": 100}]');
select account_id, balance_minor from billing.account_balances order by 1;
-- One that is not covered begins a drain: what is here is set aside, and later ones of the account wait.
select n, status, local_minor, attempt -> 'asks' as asks, (attempt #> '{answers,0}') - 'attempt_id' as own
  from pg_temp.pay_out('[{"k": "g", "a": 65, "m": 10000, "ref": "order 8"}, {"k": "h", "a": 65, "m": 1}]');
select balance_minor, reserved_minor from billing.account_balances where account_id = 65;
select round, amount_minor, state, coordinator_node_id from billing.reservations;
select status, deadline_at > now() from billing.pay_outs where idempotency_key = 'g';
select n, status, is_v8 from pg_temp.pay_out('[{"k": "g", "a": 65, "m": 10000}]');
-- Past its deadline it is a duty.
savepoint before_late;
update billing.pay_out_attempts set deadline_at = clock_timestamp() - interval '2 seconds';
select has_drains_left from billing.see_duties();
rollback to before_late;
-- Nobody answers: decided without a second round it is out of time, and all is as it was.
select verdict, taken_nodes from billing.decide_drain((select id from billing.pay_out_attempts), '[]', '{2,3}', true);
select verdict, taken_nodes from billing.decide_drain((select id from billing.pay_out_attempts), '[]', '{2,3}', true);
select balance_minor, reserved_minor from billing.account_balances where account_id = 65;
select status, rejection from billing.pay_outs where idempotency_key = 'g';
select decision, taken_nodes from billing.drain_decisions;
select state, untold_nodes from billing.pay_out_attempts;
select * from billing.see_duties();
-- A refused one is tried anew under its id, and paid once the money is there.
create temporary table before as select id from billing.pay_outs where idempotency_key = 'g';
select deposit_balance(65, 200, 1);
select n, status from pg_temp.pay_out('[{"k": "g", "a": 65, "m": 10000}]');
select status, rejection, id = (select id from before) as same_id from billing.pay_outs where idempotency_key = 'g';
select balance_minor from billing.account_balances where account_id = 65;
-- Its entries bear its reference, those of its drain too.
select operation_type, amount_minor, reference from billing.transaction_log where account_id = 65 order by id;
-- A refused one leaves its key free for another request, a pay-out of its own, as one that was short does.
select n, status from pg_temp.pay_out('[{"k": "j", "a": 65, "m": 20000}, {"k": "k", "a": 65, "m": 20000, "no": 1}]');
select verdict from billing.decide_drain((select id from billing.pay_out_attempts where state = 'pending'), '[]', '{2,3}', true);
select n, status from pg_temp.pay_out('[{"k": "j", "fp": "less", "a": 65, "m": 300}, {"k": "k", "fp": "less", "a": 65, "m": 300},
  {"k": "j", "a": 65, "m": 20000}]');
select idempotency_key, amount_minor, status from billing.pay_outs where amount_minor in (300, 20000) order by 2, 1;
select n, status from pg_temp.pay_out('[{"k": "j", "a": 65, "m": 20000}, {"k": "k", "a": 65, "m": 20000, "no": 1}]');
-- Tried anew in a call that brings another request under its key, too: one of the two is paid.
select n, status from pg_temp.pay_out('[{"k": "m", "a": 1, "m": 30000}]');
select verdict from billing.decide_drain((select id from billing.pay_out_attempts where state = 'pending'), '[]', '{2,3}', true);
select deposit_balance(1, 400, 1);
select n, status from pg_temp.pay_out('[{"k": "m", "a": 1, "m": 30000}, {"k": "m", "fp": "less", "a": 1, "m": 42}]');
select idempotency_key, amount_minor, status from billing.pay_outs where amount_minor in (30000, 42) order by 2;
-- A preview moves nothing; deleted accounts.
select status, nodes, parts_minor, spendable_minor, stranded_minor, unreachable_nodes from billing.preview_pay_out(65, 20000, 'USD', true);
select delete_account(65, true, 'gone');
select status from billing.preview_pay_out(65, 20000, 'USD', true);
select n, status from pg_temp.pay_out('[{"k": "i", "a": 65, "m": 1}]');
-- Old keys are forgotten, the pay-outs stay.
select billing.forget_pay_outs('-1 hour', 100) > 0;
select idempotency_key, status from billing.pay_outs order by created_at limit 1;
select n, status from pg_temp.pay_out('[{"k": "a", "a": 1, "m": 1}]');
