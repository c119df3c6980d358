-- What operators look at: parked pay-ins, dead letters, entries of accounts.
select add_account('Operated') as account \gset
create function pg_temp.claim(out epoch bigint) language sql as $$ select epoch from billing.claim_partition('billing.payin', 0, 'w', 0, 9) $$;
select epoch from pg_temp.claim() \gset
select status, applied, parked, dead from pg_temp.apply(:epoch, 0, 5, format('[
  {"o": 0, "c": 1, "a": %1$s, "m": 100, "k": "1", "v": "one"},
  {"o": 1, "c": 2, "a": 9001, "m": 250, "ref": "wait", "k": "2", "v": "two"},
  {"o": 2, "c": 3, "k": null, "v": "{broken", "violation": ["invalid_json", "the value is not JSON"]},
  {"o": 3, "c": 4, "a": %1$s, "m": 5, "cur": "EUR", "k": "1", "v": "four"},
  {"o": 4, "c": 5, "a": %1$s, "m": 23, "k": "1", "v": "five"}]', :account)::jsonb);
set session authorization billing_operator;
select topic, partition_id, message_offset, incarnation, command_id, account_id, amount_minor, currency, reference from billing.find_parked_pay_ins(10, null, null, null, null, null);
select parked from billing.count_parked_pay_ins();
select message_offset, account_id, reason, state from billing.find_dead_letters(null, null, null, null, 10, null, null, null, null, null);
select billing.count_found_dead_letters(null, null, null);
select message_offset from billing.find_dead_letters(null, null, null, null, 1, null, null, null, null, null);
select message_offset from billing.find_dead_letters('open', 'invalid_json', null, null, 10, null, null, null, null, null);
select billing.count_found_dead_letters('open', 'invalid_json', null);
select message_offset from billing.find_dead_letters(null, null, :account, null, 10, null, null, null, null, null);
select billing.count_found_dead_letters(null, null, :account);
select message_offset from billing.find_dead_letters('discarded', null, null, null, 10, null, null, null, null, null);
select billing.count_found_dead_letters('discarded', null, null);
select message_offset, incarnation, reason, detail, message_key, convert_from(message_value, 'UTF8') as value, published_at, resolved_by, resolved_at, acts from billing.show_dead_letter('billing.payin', 0, 2, null);
select message_offset, message_key, convert_from(message_value, 'UTF8') as value from billing.show_dead_letter('billing.payin', 0, 3, 1);
select count(*) from billing.show_dead_letter('billing.payin', 0, 3, 2);
select count(*) from billing.show_dead_letter('billing.payin', 0, 0, null);
select * from billing.count_entries(array[:account, 9001], null);
select entries, amount_minor from billing.count_entries(array[:account], 'pay_in');
select count(*) from billing.count_entries(array[:account], 'deposit');
