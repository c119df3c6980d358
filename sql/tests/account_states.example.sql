-- Accounts that are frozen and thawed (docs/accounts.md). Nodes 2 and 3 do not answer.
select billing.create_account('bob', 'USD') as bob, billing.create_account('ada', 'USD') as ada;
select billing.credit_local(65, 10000, 'opening', pg_temp.uuid_of(900));
create function pg_temp.act(in_act text, in_key text, in_change jsonb, in_account bigint default 65)
returns table (status text, debits text, credits text, confirmed integer[], unconfirmed integer[], has_position boolean) language sql as $$
    select c.status, c.account ->> 'debits_frozen', c.account ->> 'credits_frozen', n.confirmed_nodes, n.unconfirmed_nodes,
           c."position" is not null
      from billing.change_account(in_account, in_act, in_change, 'shop', in_key, sha256((in_act || in_change)::bytea), '{default}',
                                  '192.0.2.1', 100) c
      left join lateral billing.confirm_at_nodes(in_account, (c.account ->> 'state_version')::bigint, 100) n on c.account is not null
$$;
create function pg_temp.pay(in_key text, in_minor bigint, in_may_drain boolean default false)
returns table (status text, pay_out_id boolean, left_minor bigint) language sql as $$
    select p.status, p.pay_out_id is not null, (select b.balance_minor from billing.account_balances b where b.account_id = 65 and b.node_id = 1)
      from billing.pay_out('{shop}', array[in_key], array[sha256(in_key::bytea)], '{65}', array[in_minor], '{USD}', array[in_may_drain],
                           '{5000}', '{null}', '{null}') p
$$;
create function pg_temp.hold(in_key text) returns text language sql as $$
    select billing.authorise_holds(jsonb_build_array(jsonb_build_object('tenant', 'default', 'client_id', 'shop', 'key', in_key,
               'fingerprint', 'ab', 'account_id', '65', 'amount_minor', '100', 'currency', 'USD', 'deadline_ms', '5000',
               'held_for_ms', '60000'))) -> 0 ->> 'status'
$$;
select * from pg_temp.pay('before', 1000);
-- An attempt that was begun before: a drain that waits for its donors.
select p.attempt as begun from billing.pay_out('{shop}', '{drain}', array[sha256('drain')], '{65}', '{20000}', '{USD}', '{true}', '{5000}', '{null}', '{null}') p
\gset
-- Debits: nothing new is paid, what was paid before is told, its own system goes on.
select * from pg_temp.act('freeze', 'f1', '{"debits": true, "credits": false, "reason": "a stolen phone"}');
select * from pg_temp.act('freeze', 'f1', '{"debits": true, "credits": false, "reason": "a stolen phone"}');
select * from pg_temp.act('freeze', 'f1', '{"debits": true, "credits": true}');
select * from pg_temp.act('freeze', 'f2', '{"debits": true, "credits": false}');
select * from pg_temp.act('freeze', 'f3', '{"debits": true, "credits": false}', 130);
select * from pg_temp.act('burn', 'f4', '{"debits": true, "credits": false}');
select * from pg_temp.pay('before', 1000);
select * from pg_temp.pay('after', 1000);
select * from pg_temp.pay('after', 100000, true);
select count(*) as kept from billing.pay_outs where idempotency_key = 'after';
select pg_temp.hold('h1');
select r ->> 'status' as status, r ->> 'reserved_minor' as reserved
  from jsonb_array_elements(billing.reserve(jsonb_build_array(jsonb_build_object(
      'attempt_id', pg_temp.uuid_of(1), 'round', 1, 'account_id', 65, 'pay_out_id', pg_temp.uuid_of(2), 'coordinator_node_id', 2,
      'wanted_minor', 100, 'left_ms', 1000)))) r;
select status from billing.preview_pay_out(65, 100, 'USD', false);
-- Covered by what it was told, and yet not paid: the account was frozen meanwhile.
select verdict, taken_nodes from billing.decide_drain((:'begun'::jsonb ->> 'attempt_id')::uuid,
    :'begun'::jsonb -> 'answers' || jsonb_build_array(jsonb_build_object('node_id', 2, 'attempt_id', :'begun'::jsonb -> 'attempt_id', 'round', 1,
        'status', 'reserved', 'reserved_minor', '11000', 'own_minor', '11000', 'others_minor', '0', 'left_minor', '0', 'income_minor', '0')),
    '{2}', true);
-- Frozen between the look at the account and the lock of its part: as if its row had come just then.
update billing.accounts set debits_frozen = false where id = 65;
select billing.obey_account_state(65) is not null as is_obeyed, (select is_frozen from billing.account_balances where account_id = 65) as is_frozen;
select * from pg_temp.act('thaw', 't1', '{"debits": true, "credits": true}');
select * from pg_temp.act('freeze', 'f5', '{"debits": false, "credits": true}');
select * from pg_temp.pay('after', 1000);
-- Credits: pay-ins wait, also longer than for an account that is not known, and are credited at thaw.
select epoch from billing.claim_partition('billing.payin', 0, 'w', 0, 100)
\gset
select status, applied, parked, dead from pg_temp.apply(:epoch, 0, 2, '[{"o": 0, "c": 1, "a": 65, "m": 500, "v": "x"}, {"o": 1, "c": 2, "a": 1, "m": 70, "v": "y"}]');
update billing.parked_pay_ins set parked_at = now() - interval '1 day';
select * from billing.retry_parked_pay_ins(10, interval '1 hour');
select parked, oldest_age_s from billing.count_parked_pay_ins();
select command_id, is_frozen from billing.find_parked_pay_ins(10, null, null, null, null, null);
select jsonb_array_elements(billing.execute_pay_ins('[{"command_id": "00000000-0000-7000-8000-000000000009", "account_id": "65", "amount_minor": "5", "currency": "USD", "tenant": "default"}]'));
select public.deposit_balance(65, 5, 1);
select * from pg_temp.act('thaw', 't2', '{"debits": false, "credits": true}');
select * from billing.retry_parked_pay_ins(10, interval '1 hour');
select operation_type, amount_minor from billing.transaction_log where account_id = 65 order by id;
-- Who did it.
select act, client_id, note, before, after from billing.list_acts(null, null, null, '65', 10, null, null) where act in ('freeze', 'thaw') order by acted_at, note, before::text, after::text;
select debits_frozen, credits_frozen from billing.get_account(65);
-- The audit: a pay-out that was begun after this node had confirmed a freeze, and a pay-in.
select jsonb_array_length(findings) as found from billing.audit_states('', 10);
insert into billing.confirmed_states values (65, 1 << 30, true, false, now() - interval '9 minutes'), (65, 1 << 31, false, false, now() - interval '1 minute');
alter table billing.transaction_log disable trigger trg_append_only;
update billing.transaction_log set created_at = now() - interval '5 minutes' where account_id = 65 and operation_type in ('pay_out', 'pay_in');
select f ->> 'check' as "check", f ->> 'subject' like '% pay_out' as is_pay_out, f ->> 'found_minor' as minor from billing.audit_states('', 10), jsonb_array_elements(findings) f order by 1, 2, 3;
select checked, next_after from billing.audit_states('', 2);
