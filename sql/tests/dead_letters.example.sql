-- Dead letters and parked pay-ins in an operator's hands: every act once, with who did it.
select add_account('Receiver') as account \gset
select add_account('Deleted') as gone \gset
create function pg_temp.claim(out epoch bigint) language sql as $$ select epoch from billing.claim_partition('billing.payin', 0, 'w', 0, 20) $$;
select epoch from pg_temp.claim() \gset
select billing.delete_home_account(:gone);
select status, applied, parked, dead from pg_temp.apply(:epoch, 0, 9, format('[
  {"o": 0, "c": 1, "a": %1$s, "m": 100, "k": "1", "v": "one"},
  {"o": 1, "c": 1, "a": %1$s, "m": 777, "k": "1", "v": "conflict"},
  {"o": 2, "k": null, "v": "{broken", "violation": ["invalid_json", "the value is not JSON"]},
  {"o": 3, "c": 4, "a": %2$s, "m": 5, "k": "1", "v": "deleted"},
  {"o": 4, "c": 5, "a": %1$s, "m": 23, "cur": "EUR", "k": "1", "v": "currency"},
  {"o": 5, "k": "1", "v": "no id", "violation": ["invalid_message", "commandId: must be a UUID"]},
  {"o": 6, "c": 7, "a": 9001, "m": 40, "k": "1", "v": "unknown", "meta": {"x": 1}},
  {"o": 7, "c": 8, "a": 9002, "m": 50, "k": "1", "v": "unknown too"},
  {"o": 8, "c": 9, "a": 9003, "m": 60, "k": "1", "v": "unknown as well"}]', :account, :gone)::jsonb);
create function pg_temp.balance(in_account bigint) returns bigint language sql as $$ select balance_minor from billing.account_balances where account_id = in_account and node_id = 1 $$;
create function pg_temp.replay(in_offset bigint, in_client text, in_account bigint, in_amount bigint, in_currency text default 'USD')
returns table (result text, reason billing.dead_letter_reason, detail text, act billing.dead_letter_act, client_id text) language sql as $$
    select r.result, r.reason, r.detail, r.act, r.client_id
      from billing.replay_dead_letter('billing.payin', 0, in_offset, null, in_client, 'why', in_account, in_amount, in_currency, null, null, null, null) r $$;
create function pg_temp.correct(in_offset bigint, in_client text, in_command integer, in_account bigint, in_amount bigint)
returns table (result text, reason billing.dead_letter_reason, detail text, act billing.dead_letter_act, client_id text) language sql as $$
    select r.result, r.reason, r.detail, r.act, r.client_id
      from billing.correct_dead_letter('billing.payin', 0, in_offset, null, in_client, 'why', pg_temp.uuid_of(in_command), pg_temp.uuid_of(999), in_account, in_amount, 'USD', null, null) r $$;
create function pg_temp.discard(in_offset bigint, in_client text)
returns table (result text, act billing.dead_letter_act, client_id text) language sql as $$
    select r.result, r.act, r.client_id from billing.discard_dead_letter('billing.payin', 0, in_offset, null, in_client, 'why') r $$;
select reason, letters from billing.count_dead_letters() where letters > 0 order by 1;
select message_offset, reason, state, convert_from(message_value, 'UTF8') as value, acts from billing.find_dead_letters('open', null, null, null, 10, null, null, null, null, null);
-- The page behind one of them.
select message_offset from billing.find_dead_letters(null, null, null, null, 2, now(), 'billing.payin', 0, 3, 1);
-- A conflict is not replayed, nor corrected under the id that something else has.
select * from pg_temp.replay(1, 'ann', :account, 777);
select * from pg_temp.correct(1, 'ann', 1, :account, 777);
select * from pg_temp.correct(1, 'ann', null, :account, 777);
select pg_temp.balance(:account);
-- Again, with or without the id it got: the same answer and no second credit. Other content, or somebody else: who was first.
select * from pg_temp.correct(1, 'ann', null, :account, 777);
select * from pg_temp.correct(1, 'ann', 999, :account, 777);
select * from pg_temp.correct(1, 'ann', null, :account, 778);
select * from pg_temp.correct(1, 'ben', null, :account, 777);
select * from pg_temp.discard(1, 'ann');
select pg_temp.balance(:account);
-- What cannot be read is not replayed; discarded it stays as it is.
select result, reason, detail from billing.replay_dead_letter('billing.payin', 0, 2, null, 'ann', null, null, null, null, null, null, 'invalid_json', 'the value is not JSON');
select * from pg_temp.discard(2, 'ben');
select * from pg_temp.discard(2, 'ben');
select * from pg_temp.discard(2, 'ann');
select * from pg_temp.replay(2, 'ben', :account, 1);
-- The rules are those of a batch: a deleted account, another currency.
select * from pg_temp.replay(3, 'ann', :gone, 5);
select * from pg_temp.replay(4, 'ann', :account, 23, 'EUR');
-- A correction keeps the letter's id while nothing has it.
select * from pg_temp.correct(4, 'ann', 55, :account, 23);
select * from pg_temp.correct(4, 'ann', null, :account, 23);
select account_id, amount_minor, operation_id from billing.transaction_log where operation_id = pg_temp.uuid_of(5);
-- The same command applied meanwhile: a duplicate.
select status, applied, duplicates from pg_temp.apply(:epoch, 9, 10, format('[{"o": 9, "c": 4, "a": %s, "m": 5, "k": "1", "v": "sent again"}]', :account)::jsonb);
select * from pg_temp.replay(3, 'ann', :account, 5);
select pg_temp.balance(:account);
-- Without a command id: one that its name makes, always the same.
select * from pg_temp.replay(5, 'ann', :account, 3);
select * from pg_temp.replay(5, 'ann', :account, 3);
select operation_id = billing.command_id_of_message('billing.payin', 0, 5, 1) as named,
       substr(operation_id::text, 15, 1) as version, amount_minor
  from billing.transaction_log where amount_minor = 3;
select pg_temp.balance(:account);
select * from pg_temp.replay(77, 'ann', :account, 3);
-- Parked: tried by hand, still unknown; then the account is here.
create function pg_temp.retry(in_offset bigint) returns table (result text, reason billing.dead_letter_reason, detail text) language sql as $$
    select r.result, r.reason, r.detail from billing.retry_parked_pay_in('billing.payin', 0, in_offset, null, 'ann', null) r $$;
select * from pg_temp.retry(6);
select message_offset, account_id, amount_minor, tries, retried_at is not null as retried from billing.find_parked_pay_ins(10, null, null, null, null, null);
select message_offset from billing.find_parked_pay_ins(10, now(), 'billing.payin', 0, 7, 1);
set session_replication_role = replica;
insert into billing.accounts (id, username, currency) values (9001, 'late', 'USD'), (9003, 'late', 'EUR');
reset session_replication_role;
select total, jsonb_path_query_array(messages, '$[*].offset') from billing.list_parked_to_retry(2);
select * from pg_temp.retry(6);
select * from pg_temp.retry(6);
select pg_temp.balance(9001), (select metadata from billing.operation_metadata where operation_id = pg_temp.uuid_of(7));
-- An operator of another tenant, of the same name, hears nothing of it.
select result from billing.retry_parked_pay_in('billing.payin', 0, 6, null, 'ann', null, '{acme}');
select * from pg_temp.retry(8);
-- Discarded while parked.
select result, client_id from billing.discard_parked_pay_in('billing.payin', 0, 7, null, 'ann', 'closed');
select result, client_id from billing.discard_parked_pay_in('billing.payin', 0, 7, null, 'ann', 'closed');
select result, client_id from billing.discard_parked_pay_in('billing.payin', 0, 7, null, 'ben', 'closed');
select result from billing.discard_parked_pay_in('billing.payin', 0, 8, null, 'ann', 'an open letter');
select result from billing.discard_parked_pay_in('billing.payin', 0, 6, null, 'ann', 'applied');
select count(*) from billing.parked_pay_ins;
-- A correction for an account that is unknown is parked; over its age the letter is open again, with what was done.
select * from pg_temp.correct(8, 'ann', null, 9005, 60);
select outcome from billing.get_pay_in(pg_temp.uuid_of(9), null, null, null, null);
select applied, dead from billing.retry_parked_pay_ins(10, '-1 seconds');
select state, reason, detail, convert_from(message_value, 'UTF8') as value, jsonb_path_query_array(acts, '$[*].act') as acts, jsonb_path_query_array(acts, '$[*].result') as results
  from billing.show_dead_letter('billing.payin', 0, 8, null);
select outcome, reason from billing.get_pay_in(pg_temp.uuid_of(9), null, null, null, null);
select * from pg_temp.discard(8, 'ann');
-- What became of each, as clients are told; the corrected conflict under both of its ids.
select n, outcome, amount_minor, reason from unnest(array[1, 999, 4, 5, 7, 8, 9]) n, billing.get_pay_in(pg_temp.uuid_of(n), null, null, null, null);
-- Everything that was done, and none of it can be changed.
select message_offset, act, result, client_id, note, command_id = pg_temp.uuid_of(999) as new_id, amount_minor from billing.dead_letter_acts order by id;
select message_offset from billing.find_dead_letters(null, null, null, pg_temp.uuid_of(999), 10, null, null, null, null, null);
update billing.dead_letter_acts set client_id = 'nobody';
delete from billing.dead_letter_acts;
select sum(amount_minor) = pg_temp.balance(:account) as balanced from billing.transaction_log where account_id = :account;
