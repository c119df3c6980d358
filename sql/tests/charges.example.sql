-- The catalogue and what is charged by it (docs/charges.md).
create function pg_temp.change(in_act text, in_change jsonb)
returns table (status text, code text, price text, prices integer, is_retired boolean, has_position boolean) language sql as $$
    select c.status, c.code, c.service ->> 'price', jsonb_array_length(c.service -> 'prices'), c.service ->> 'retired_at' is not null,
           c."position" is not null
      from billing.change_catalogue(in_act, in_change, 'shop', '192.0.2.1', 100) c
$$;
create function pg_temp.charge(in_key text, in_account bigint, in_minor bigint, in_charge text default null, in_meaning text default null)
returns table (status text, amount text, charge jsonb) language sql as $$
    select p.status, p.known ->> 'amount_minor', p.known -> 'charge'
      from billing.pay_out('{shop}', array[in_key], array[sha256(coalesce(in_meaning, in_key)::bytea)], array[in_account], array[in_minor],
                           '{USD}', '{false}', '{5000}', '{null}', '{null}', null, null, null,
                           case when in_charge is not null then array[jsonb_build_object('service_id', '1', 'quantity', split_part(in_charge, ' ', 1),
                               'price', split_part(in_charge, ' ', 2), 'unit', 'MB', 'amount_minor', in_minor::text)] end) p
$$;
delete from billing.services;
-- Created once: the same again is the same, another of that name is not.
select * from pg_temp.change('create', '{"name": "Traffic", "price": "0.0125", "currency": "USD", "unit": "MB"}');
select * from pg_temp.change('create', '{"name": "Traffic", "price": "0.01250", "currency": "USD", "unit": "MB"}');
select * from pg_temp.change('create', '{"name": "Traffic", "price": "0.02", "currency": "USD", "unit": "MB"}');
select * from pg_temp.change('create', '{"name": " ", "price": "1", "currency": "USD"}');
select * from pg_temp.change('create', '{"name": "Advice", "price": "-1", "currency": "USD"}');
select * from pg_temp.change('create', '{"name": "Advice", "price": "1e3", "currency": "USD"}');
select * from pg_temp.change('create', '{"name": "Advice", "price": "1", "currency": "XXX"}');
select * from pg_temp.change('create', '{"name": "Advice", "price": "50", "currency": "USD"}');
-- From a time on; again is the same; one that is yet to come may be set anew, one that is over not.
select * from pg_temp.change('reprice', '{"service_id": 1, "price": "0.02", "valid_from": "2100-01-01T00:00:00Z"}');
select * from pg_temp.change('reprice', '{"service_id": 1, "price": "0.02", "valid_from": "2100-01-01T00:00:00Z"}');
select * from pg_temp.change('reprice', '{"service_id": 1, "price": "0.03", "valid_from": "2100-01-01T00:00:00Z"}');
select * from pg_temp.change('reprice', '{"service_id": 1, "price": "0.02", "valid_from": "2020-01-01T00:00:00Z"}');
select * from pg_temp.change('reprice', '{"service_id": 2, "price": "55.5"}');
select * from pg_temp.change('reprice', '{"service_id": 2, "price": "55.5"}');
select * from pg_temp.change('reprice', '{"service_id": 9, "price": "55.5"}');
-- The price of before there was a history is kept.
insert into billing.services (id, name, price_minor, currency) values (3, 'Of before', 700, 'USD');
select s ->> 'name' as name, s ->> 'price' as price, s ->> 'unit' as unit, s -> 'prices' -> 0 ->> 'price' as latest from billing.describe_services() s;
select * from pg_temp.change('reprice', '{"service_id": 3, "price": "8"}');
select p ->> 'valid_from' is null as of_before, p ->> 'price' as price from billing.describe_services(3) s, jsonb_array_elements(s -> 'prices') p;
select * from pg_temp.change('retire', '{"service_id": 3}');
select * from pg_temp.change('retire', '{"service_id": 3}');
select * from pg_temp.change('reprice', '{"service_id": 3, "price": "9"}');
select * from pg_temp.change('rename', '{"service_id": 3}');
select service_id, act, client_id, address, before ->> 'price' as before, after ->> 'price' as after from billing.service_acts;
-- As the tables of the first version show them, and as people write them there.
select id, name, price, currency from public.services order by id;
update public.services set price = 60 where id = 2;
insert into public.services (name, price, currency) values ('By hand', 12.5, 'USD');
select s ->> 'price' as price from billing.describe_services() s;
-- What was set for a later time shows everywhere once it holds.
insert into billing.service_prices (service_id, valid_from, price, client_id) values (1, clock_timestamp() + interval '50 ms', '0.7', 'shop');
select price from public.services where id = 1;
select pg_sleep(0.1);
select price from public.services where id = 1;
select price_minor from billing.list_services() where id = 1;
delete from billing.service_prices where service_id = 1 and price = 0.7;
-- One whose price has a history keeps its currency, and stays.
update public.services set currency = 'EUR' where id = 2;
delete from public.services where id = 2;
update public.services set currency = 'JPY', price = 5 where name = 'By hand';
select s ->> 'price' as price from billing.describe_services() s where s ->> 'name' = 'By hand';
-- A charge is a pay-out with a price: repeated it has that of then, whatever it costs now.
select deposit_balance(add_account('Tarasov'), 100, 1);
select * from pg_temp.charge('a', 1, 250, '200 0.0125');
select * from pg_temp.charge('a', 1, 400, '200 0.02', 'a');
select * from pg_temp.charge('a', 1, 400, '200 0.02', 'of another account');
select amount_minor, charge from billing.pay_outs;
select balance_minor from billing.account_balances where account_id = 1;
-- Refused at one price, and asked for at another: a pay-out of its own.
select p.status from billing.pay_out('{shop}', '{b}', array[sha256('b')], '{1}', '{999999}', '{USD}', '{true}', '{5000}', '{null}', '{null}', null, null,
    null, array['{"service_id": "1", "quantity": "2", "price": "4999.995", "amount_minor": "999999"}'::jsonb]) p;
select * from pg_temp.charge('b', 1, 100, '2 0.5');
select verdict from billing.decide_drain((select a.id from billing.pay_out_attempts a where a.state = 'pending'), '[]', '{2,3}', true);
select * from pg_temp.charge('b', 1, 100, '2 0.5');
select * from pg_temp.charge('b', 1, 100, '2 0.5');
select amount_minor, status, idempotency_key is not null as has_key, charge ->> 'price' as price from billing.pay_outs order by created_at, amount_minor;
-- Refused, and asked for again at another price that comes to the same amount: it is charged by that one.
select p.status from billing.pay_out('{shop}', '{f}', array[sha256('f')], '{1}', '{999999}', '{USD}', '{true}', '{5000}', '{null}', '{null}', null, null,
    null, array['{"service_id": "1", "quantity": "0.1", "price": "99999.90", "amount_minor": "999999"}'::jsonb]) p;
select verdict from billing.decide_drain((select a.id from billing.pay_out_attempts a where a.state = 'pending'), '[]', '{2,3}', true);
select * from pg_temp.charge('f', 1, 999999, '0.1 99999.91');
select charge ->> 'price' as price from billing.pay_outs where idempotency_key = 'f';
-- Of a service that is not known here what was charged before is told, and a new key is refused.
select p.status, p.known ->> 'amount_minor' as amount
  from unnest('{a,g}'::text[]) as k (key),
       billing.pay_out('{shop}', array[k.key], array[sha256(k.key::bytea)], '{1}', '{0}', '{USD}', '{true}', '{5000}', '{null}', '{null}', null, null,
                       null, array['{"refusal": "service_not_found"}'::jsonb]) p;
-- What another node has charged is told at its price.
select billing.take_keys(jsonb_populate_record(null::billing.batches, jsonb_build_object(
    'node_id', 2, 'created_at', clock_timestamp(), 'key_hashes', array[billing.key_hash('default', 'shop', 'c')],
    'key_pay_out_ids', '{0191d2c8-7a1b-8002-8e4f-000000000000}'::uuid[], 'key_fingerprints', array[sha256('c')])
    || '{"key_charges": [{"service_id": "1", "quantity": "3", "price": "0.5", "unit": "MB", "amount_minor": "150"}]}'));
select * from pg_temp.charge('c', 1, 180, '3 0.6');
-- Beside a plain one in one call, and what travels of both.
select p.status from billing.pay_out('{shop,shop}', '{d,e}', array[sha256('d'), sha256('e')], '{1,1}', '{10,20}', '{USD,USD}', '{false,false}', '{5000,5000}',
    '{null,null}', '{null,null}', null, null, null, array[null, '{"service_id": "1", "quantity": "1", "price": "0.2", "amount_minor": "20"}'::jsonb]) p;
select key_charges from billing.batches where key_hashes is not null order by id desc limit 1;
select findings from billing.audit_pay_outs('', 100);
update billing.pay_outs set charge = charge || '{"quantity": "201"}' where idempotency_key = 'a';
select f ->> 'check' as "check", f ->> 'expected_minor' as expected, f ->> 'found_minor' as found, f ->> 'detail' as detail
  from billing.audit_pay_outs('', 100), jsonb_array_elements(findings) f;
-- Until the upgrade is complete nothing is charged, and the catalogue stays as it is.
delete from billing.completed_upgrades;
select * from billing.list_priced_services();
select * from pg_temp.change('retire', '{"service_id": 1}');
