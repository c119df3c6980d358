-- What the auditor finds at one node. Faults are planted as a superuser may, behind every guard.
select add_account('Audited') as account \gset
select deposit_balance(:account, 100, 1);
create function pg_temp.seen(findings jsonb) returns table (f text) language sql as
$$ select concat_ws(' ', 'node ' || (x ->> 'node_id'), x ->> 'check', x ->> 'account_id', nullif(x ->> 'subject', ''),
                    'expected', x ->> 'expected_minor', 'found', x ->> 'found_minor', '-', x ->> 'detail')
     from jsonb_array_elements(findings) x order by 1 $$;
create function pg_temp.all_walks() returns table (f text) language sql as
$$ select pg_temp.seen((billing.audit_parts('', 100)).findings) union all
   select pg_temp.seen((billing.audit_entries('', 100)).findings) union all
   select pg_temp.seen((billing.audit_pay_outs('', 100)).findings) union all
   select pg_temp.seen((billing.audit_drains('', 100)).findings) union all
   select pg_temp.seen((billing.audit_holds('', 100)).findings) union all
   select pg_temp.seen((billing.audit_doubt(60000, 100)).findings) union all
   select pg_temp.seen((billing.audit_offsets()).findings) $$;
-- A healthy node: nothing. Walks go on where they stopped, and end.
select add_account('Another') as another \gset
select deposit_balance(:another, 7, 1);
select * from pg_temp.all_walks();
select status, next_after, checked, findings from billing.audit_parts('', 1);
select status, next_after, checked, findings from billing.audit_parts('1', 1);
select status, next_after, checked, findings from billing.audit_parts('65', 1);
-- A balance edited behind the system's back, by both walks over parts.
set session_replication_role = replica;
update billing.account_balances set balance_minor = balance_minor + 5 where account_id = :another;
select * from pg_temp.all_walks();
update billing.account_balances set balance_minor = balance_minor - 5 where account_id = :another;
-- Money shown as reserved that nobody set aside; income that nothing brought.
update billing.account_balances set reserved_minor = 3, income_minor = income_minor + 1 where account_id = :another;
select * from pg_temp.all_walks();
update billing.account_balances set reserved_minor = 0, income_minor = income_minor - 1 where account_id = :another;
-- An entry of a transfer that there is none of.
insert into billing.transaction_log (id, account_id, amount_minor, operation_id, node_id, operation_type)
values (-1, :another, -2, '00000000-0000-4000-8000-000000000001', 1, 'transfer_out');
update billing.account_balances set balance_minor = balance_minor - 2 where account_id = :another;
select * from pg_temp.all_walks();
delete from billing.transaction_log where id = -1;
update billing.account_balances set balance_minor = balance_minor + 2 where account_id = :another;
-- Old entries of a busy account are summed up once; a quick walk does not see an edit of those, a thorough one does,
-- and then the quick one too.
set session_replication_role = origin;
select count(deposit_balance(:account, 1, 1)) from generate_series(1, 250);
set session_replication_role = replica;
update billing.transaction_log set created_at = now() - interval '1 hour' where account_id = :account;
select checked, findings from billing.audit_parts('', 100);
select account_id, sum_minor from billing.audit_marks;
update billing.transaction_log set amount_minor = amount_minor + 1 where id = (select min(id) from billing.transaction_log where account_id = :account);
select * from pg_temp.seen((select findings from billing.audit_parts('', 100)));
select * from pg_temp.seen((select findings from billing.audit_entries('', 100)));
select * from pg_temp.seen((select findings from billing.audit_parts('', 100)));
update billing.transaction_log set amount_minor = amount_minor - 1 where id = (select min(id) from billing.transaction_log where account_id = :account);
-- A mark that does not lead to the balance is no fault: all entries are added up.
select findings from billing.audit_parts('', 100);
update billing.audit_marks set sum_minor = sum_minor + 1;
select findings from billing.audit_parts('', 100);
set session_replication_role = origin;
-- A pay-out, and what becomes of it.
create function pg_temp.pay(in_key text, in_minor bigint) returns uuid language sql as
$$ select pay_out_id from billing.pay_out('{c}', array[in_key], '{\\x01}', '{1}', array[in_minor], '{USD}', '{false}', '{5000}', null, null) $$;
select pg_temp.pay('k', 40) as paid \gset
select findings from billing.audit_entries('', 100);
set session_replication_role = replica;
update billing.pay_outs set status = 'rejected' where id = :'paid';
select replace(f, :'paid', '<pay-out>') from pg_temp.all_walks() f;
update billing.pay_outs set status = 'committed', amount_minor = 41 where id = :'paid';
select replace(f, :'paid', '<pay-out>') from pg_temp.all_walks() f;
update billing.pay_outs set amount_minor = 40 where id = :'paid';
-- Its entry is gone, and somebody made up for it.
update billing.transaction_log set operation_type = 'correction' where operation_id = :'paid';
select replace(f, :'paid', '<pay-out>') from pg_temp.all_walks() f;
update billing.transaction_log set operation_type = 'pay_out' where operation_id = :'paid';
select * from pg_temp.all_walks();
-- A pay-out that is pending for ever.
update billing.pay_outs set status = 'pending', deadline_at = '2020-01-01' where id = :'paid';
select replace(f, :'paid', '<pay-out>') from pg_temp.seen((select findings from billing.audit_doubt(60000, 100))) f;
update billing.pay_outs set deadline_at = now() where id = :'paid';
select checked, findings from billing.audit_doubt(60000, 100);
update billing.pay_outs set status = 'committed', deadline_at = null where id = :'paid';
-- Offsets only grow, but for an operator's word.
set session_replication_role = origin;
select epoch from billing.claim_partition('billing.payin', 0, 'w', 0, 9) \gset
select status from pg_temp.apply(:epoch, 0, 5, '[]');
select billing.remember_offsets();
update billing.consumer_offsets set next_offset = 2;
select * from pg_temp.all_walks();
select next_offset from billing.accept_offset('billing.payin', 0, 1, 'Ludmila');
select * from pg_temp.all_walks();
select billing.remember_offsets();
select next_offset from billing.audit_offsets;
-- What needs another node says so when it does not answer; what is here is checked all the same.
insert into billing.transfers (id, node_id, to_node_id, account_id, amount_minor, state) values ('00000000-0000-4000-8000-000000000002', 1, 2, 1, 5, 'delivered');
select status, checked, pg_temp.seen(findings) from billing.audit_transfers(2, '', 100, 500);
select status, checked, findings from billing.audit_copies(2, 'parts', '', 100, 500);
select status, checked, findings from billing.audit_arrivals('', 100, 500);
-- Publishing: a fault is new once, open until a whole pass has not seen it, and open anew when it comes back.
\set fault '[{"check": "balance", "node_id": 1, "account_id": "65", "subject": "", "expected_minor": "700", "found_minor": "705", "detail": "why"}]'
select jsonb_array_length(appeared) as appeared, jsonb_array_length(resolved) as resolved from billing.record_audit('parts', true, 'checked', 2, :'fault', true, true);
select jsonb_array_length(appeared) as appeared, jsonb_array_length(resolved) as resolved from billing.record_audit('parts', true, 'checked', 2, :'fault', true, true);
select jsonb_array_length(appeared) as appeared, jsonb_array_length(resolved) as resolved from billing.record_audit('parts', true, 'unreachable', 2, '[]', true, false);
select check_name, node_id, account_id, expected_minor, found_minor, resolved_at is null as is_open, total from billing.list_audit_faults(false, 10);
select * from billing.count_audit_faults();
select jsonb_array_length(appeared) as appeared, resolved -> 0 ->> 'found_minor' as resolved from billing.record_audit('parts', true, 'checked', 2, '[]', true, true);
select count(*) from billing.list_audit_faults(false, 10);
select jsonb_array_length(appeared) as appeared from billing.record_audit('parts', true, 'checked', 2, :'fault', false, true);
select check_name, resolved_at is null as is_open from billing.list_audit_faults(true, 10);
select walk, status, checked, completed_at is not null as was_completed from billing.list_audit_runs();
