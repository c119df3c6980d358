-- The same message again, at its place or at another, after an operator has judged it; and empty as absent.
select add_account('Receiver') as account \gset
create function pg_temp.claim(out epoch bigint) language sql as $$ select epoch from billing.claim_partition('billing.payin', 0, 'w', 0, 90) $$;
create function pg_temp.back(in_offset bigint, out epoch bigint) language plpgsql as $$ begin perform billing.accept_offset('billing.payin', 0, in_offset, 'olga'); epoch := pg_temp.claim(); end $$;
create function pg_temp.replay(in_offset bigint, in_incarnation integer, in_account bigint, in_amount bigint)
returns table (result text, reason billing.dead_letter_reason, detail text) language sql as $$
    select r.result, r.reason, r.detail
      from billing.replay_dead_letter('billing.payin', 0, in_offset, in_incarnation, 'ann', 'why', in_account, in_amount, 'USD', null, null, null, null) r $$;
create function pg_temp.letters() returns table (place text, state billing.dead_letter_state, reason billing.dead_letter_reason, command integer) language sql as $$
    select message_offset || '~' || incarnation, state, reason, right(command_id::text, 4)::integer from billing.dead_letters order by message_offset, incarnation $$;
create function pg_temp.balance(in_account bigint) returns bigint language sql as $$ select balance_minor from billing.account_balances where account_id = in_account and node_id = 1 $$;
select epoch from pg_temp.claim() \gset
select add_account('Deleted') as gone \gset
select billing.delete_home_account(:gone);
-- Two without a command id, one with; two whose account is unknown.
select format('[
  {"o": 0, "k": "1", "v": "no id, +7.00", "violation": ["invalid_message", "commandId: must be a UUID"]},
  {"o": 1, "k": "1", "v": "{broken", "violation": ["invalid_json", "the value is not JSON"]},
  {"o": 2, "c": 2, "a": %s, "m": 5, "k": "1", "v": "deleted"},
  {"o": 3, "c": 3, "a": 9001, "m": 40, "k": "9001", "v": "unknown", "ref": ""},
  {"o": 4, "c": 4, "a": 9002, "m": 50, "k": "9002", "v": "unknown too"}]', :gone) as batch \gset
select status, applied, duplicates, parked, dead from pg_temp.apply(:epoch, 0, 5, :'batch'::jsonb);
select * from pg_temp.replay(0, null, :account, 700);
select result from billing.discard_dead_letter('billing.payin', 0, 1, null, 'ann', 'noise');
select result from billing.discard_parked_pay_in('billing.payin', 0, 4, null, 'ann', 'never');
-- An operator goes back: the same bytes at the same places are the same messages, and have their letters.
select epoch from pg_temp.back(0) \gset
select status, applied, duplicates, parked, dead from pg_temp.apply(:epoch, 0, 5, :'batch'::jsonb);
select * from pg_temp.letters();
select message_offset, incarnation from billing.parked_pay_ins;
select incarnation from billing.list_consumer_offsets('billing.payin');
select pg_temp.balance(:account);
-- Read once more, they have an outcome: letters without an id are known by their bytes.
select status, detail from pg_temp.apply(:epoch, 0, 5, :'batch'::jsonb);
select status, detail from pg_temp.apply(:epoch, 1, 2, '[{"o": 1, "k": "1", "v": "{broken otherwise", "violation": ["invalid_json", "the value is not JSON"]}]');
-- A topic made anew: other bytes at the same places are other messages, and so are those behind them.
select epoch from pg_temp.back(0) \gset
select status, applied, duplicates, parked, dead from pg_temp.apply(:epoch, 0, 7, format('[
  {"o": 0, "k": "1", "v": "no id, +9.00", "violation": ["invalid_message", "commandId: must be a UUID"]},
  {"o": 1, "k": "1", "v": "{broken", "violation": ["invalid_json", "the value is not JSON"]},
  {"o": 3, "c": 13, "a": 9003, "m": 40, "k": "9001", "v": "unknown"},
  {"o": 5, "c": 14, "a": %s, "m": 5, "k": "1", "v": "deleted"}]', :gone)::jsonb);
select * from pg_temp.letters();
select message_offset, incarnation from billing.parked_pay_ins order by 1, 2;
select incarnation from billing.list_consumer_offsets('billing.payin');
-- Without a number a name is number 1, for whoever looks and whoever acts.
select convert_from(message_value, 'UTF8') from billing.show_dead_letter('billing.payin', 0, 0, null);
select count(*) from billing.show_dead_letter('billing.payin', 0, 5, null);
select result from billing.discard_dead_letter('billing.payin', 0, 5, null, 'ann', 'which?');
select * from pg_temp.replay(0, 2, :account, 900);
select pg_temp.balance(:account);
-- Two letters of one message, as earlier versions kept them: whichever is replayed, it is credited once.
insert into billing.dead_letters (topic, partition_id, message_offset, incarnation, reason, detail, message_key, message_value)
select topic, partition_id, message_offset, 4, reason, detail, message_key, message_value from billing.dead_letters where message_offset = 0 and incarnation = 1;
select * from pg_temp.replay(0, 4, :account, 700);
select pg_temp.balance(:account);
-- Discarded is for ever: the account arrives, and the same command comes again.
set session_replication_role = replica;
insert into billing.accounts (id, username, currency) values (9001, 'late', 'USD'), (9002, 'late', 'USD');
reset session_replication_role;
select outcome, reason, detail from billing.get_pay_in(pg_temp.uuid_of(4), null, null, null, null);
select status, applied, duplicates, parked, dead from pg_temp.apply(:epoch, 7, 9, format('[
  {"o": 7, "c": 4, "a": 9002, "m": 50, "k": "9002", "v": "sent again"},
  {"o": 8, "c": 8, "a": %s, "m": 1, "k": "1", "v": "its neighbour"}]', :account)::jsonb);
select outcome, reason, detail from billing.get_pay_in(pg_temp.uuid_of(4), null, null, null, null);
select pg_temp.balance(9002), pg_temp.balance(:account);
-- So it is of one that waits while its twin is discarded, tried by the worker or by hand.
select status, parked from pg_temp.apply(:epoch, 9, 13, '[{"o": 9, "c": 20, "a": 9004, "m": 1, "v": "twin"}, {"o": 10, "c": 20, "a": 9004, "m": 1, "v": "again"},
  {"o": 11, "c": 20, "a": 9004, "m": 1, "v": "and again"}, {"o": 12, "c": 21, "a": 9004, "m": 2, "v": "another"}]');
select result from billing.discard_parked_pay_in('billing.payin', 0, 9, 2, 'ann', 'never');
select status, parked, dead from pg_temp.apply(:epoch, 13, 14, '[{"o": 13, "c": 20, "a": 9004, "m": 1, "v": "sent again"}]');
set session_replication_role = replica;
insert into billing.accounts (id, username, currency) values (9004, 'late', 'USD');
reset session_replication_role;
select result, reason from billing.retry_parked_pay_in('billing.payin', 0, 10, 2, 'ann', null);
select applied, dead, waiting from billing.retry_parked_pay_ins(100, '1 hour');
select pg_temp.balance(9001), pg_temp.balance(9004);
-- On purpose it is credited: the letter of the message that came again is replayed, once; parked on the way, too.
select * from pg_temp.replay(7, 2, 9002, 50);
select outcome from billing.get_pay_in(pg_temp.uuid_of(4), null, null, null, null);
select status, applied, duplicates, dead from pg_temp.apply(:epoch, 14, 15, '[{"o": 14, "c": 4, "a": 9002, "m": 50, "k": "9002", "v": "sent again"}]');
select result from billing.discard_dead_letter('billing.payin', 0, 5, 2, 'ann', 'never');
select * from pg_temp.letters() where command in (14, 20);
select status, dead from pg_temp.apply(:epoch, 15, 16, '[{"o": 15, "c": 14, "a": 9005, "m": 5, "k": "1", "v": "now for another account"}]');
select * from pg_temp.replay(15, 2, 9005, 5);
set session_replication_role = replica;
insert into billing.accounts (id, username, currency) values (9005, 'late', 'USD');
reset session_replication_role;
select applied, dead from billing.retry_parked_pay_ins(100, '1 hour');
select pg_temp.balance(9002), pg_temp.balance(9005);
-- A discarded conflict is no word on the command that was applied.
select status, dead from pg_temp.apply(:epoch, 16, 17, format('[{"o": 16, "c": 8, "a": %s, "m": 777, "k": "1", "v": "conflict"}]', :account)::jsonb);
select result from billing.discard_dead_letter('billing.payin', 0, 16, 2, 'ann', 'no');
select status, duplicates, dead from pg_temp.apply(:epoch, 17, 18, format('[{"o": 17, "c": 8, "a": %s, "m": 1, "k": "1", "v": "its neighbour", "ref": ""}]', :account)::jsonb);
select outcome, amount_minor from billing.get_pay_in(pg_temp.uuid_of(8), null, null, null, null);
-- An entry that was stored with an empty reference is the same as one without.
select status, duplicates, dead from pg_temp.apply(:epoch, 18, 19, '[{"o": 18, "c": 3, "a": 9001, "m": 40, "k": "9001", "v": "without"}]');
-- Two letters of one message, of which version 4 had parked the second under its own name: one command, credited
-- once. So it is where the second was corrected under an id of the operator's.
select status, dead from pg_temp.apply(:epoch, 19, 21, '[{"o": 19, "k": "9", "v": "no id, parked", "violation": ["invalid_message", "commandId: must be a UUID"]},
  {"o": 20, "k": "9", "v": "no id, corrected", "violation": ["invalid_message", "commandId: must be a UUID"]}]');
insert into billing.dead_letters (topic, partition_id, message_offset, incarnation, reason, detail, message_key, message_value, state, resolved_by)
select topic, partition_id, message_offset, 3, reason, detail, message_key, message_value,
       case message_offset when 19 then 'replayed' else 'open' end::billing.dead_letter_state, case message_offset when 19 then 'ann' end
  from billing.dead_letters where message_offset in (19, 20);
insert into billing.parked_pay_ins (topic, partition_id, message_offset, incarnation, command_id, account_id, amount_minor, currency, message_value)
values ('billing.payin', 0, 19, 3, billing.command_id_of_message('billing.payin', 0, 19, 3), 9007, 60, 'USD', 'no id, parked');
select * from pg_temp.replay(19, 2, 9007, 60);
select result from billing.correct_dead_letter('billing.payin', 0, 20, 3, 'ann', 'why', pg_temp.uuid_of(40), pg_temp.uuid_of(41), 9007, 70, 'USD', null, null);
select * from pg_temp.replay(20, 2, 9007, 70);
set session_replication_role = replica;
insert into billing.accounts (id, username, currency) values (9007, 'late', 'USD');
reset session_replication_role;
select applied, dead, waiting from billing.retry_parked_pay_ins(100, '1 hour');
select amount_minor, count(*) from billing.transaction_log where account_id = 9007 group by 1 order by 1;
-- While an account's row is copied anew nothing of what was credited is taken for a conflict, or for unknown.
set session_replication_role = replica;
delete from billing.accounts where id = 9001;
reset session_replication_role;
select status, duplicates, parked, dead from pg_temp.apply(:epoch, 21, 22, '[{"o": 21, "c": 3, "a": 9001, "m": 40, "k": "9001", "v": "sent again"}]');
select outcome, account_id, amount_minor, currency from billing.get_pay_in(pg_temp.uuid_of(3), null, null, null, null);
-- Nodes that this one has no rows of yet; parked ones of their accounts wait beyond the limit.
select * from billing.list_copies();
select status, parked from pg_temp.apply(:epoch, 22, 24, '[{"o": 22, "c": 30, "a": 6402, "m": 1, "v": "of node 2"}, {"o": 23, "c": 31, "a": 9006, "m": 1, "v": "of nobody"}]');
select applied, dead, waiting from billing.retry_parked_pay_ins(100, '-1 seconds');
select account_id from billing.parked_pay_ins;
-- One that is credited by another message while it waits is not discarded any more.
select status, parked from pg_temp.apply(:epoch, 24, 25, '[{"o": 24, "c": 50, "a": 9008, "m": 80, "v": "waits"}]');
set session_replication_role = replica;
insert into billing.accounts (id, username, currency) values (9008, 'late', 'USD');
reset session_replication_role;
select status, applied from pg_temp.apply(:epoch, 25, 26, '[{"o": 25, "c": 50, "a": 9008, "m": 80, "v": "sent again"}]');
select result from billing.discard_parked_pay_in('billing.payin', 0, 24, 2, 'ann', 'too late');
select state from billing.dead_letters where message_offset = 24;
select applied, dead from billing.retry_parked_pay_ins(100, '1 hour');
select sum(amount_minor) = pg_temp.balance(:account) as balanced from billing.transaction_log where account_id = :account;
