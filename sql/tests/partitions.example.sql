select add_account('Aleksandrov');
-- A partition never seen starts where its log starts.
select * from billing.claim_partition('billing.payin', 0, 'worker-a', 5, 10);
select status, next_offset, applied from pg_temp.apply(1, 5, 7, '[{"o":5,"c":1,"a":1,"m":1}, {"o":6,"c":2,"a":1,"m":1}]');
-- Another worker claims it: the first one is fenced, whatever it brings.
select epoch, next_offset, halt_reason from billing.claim_partition('billing.payin', 0, 'worker-b', 5, 10);
select status, next_offset, detail from pg_temp.apply(1, 7, 8, '[{"o":7,"c":3,"a":1,"m":1}]');
select status, next_offset, applied from pg_temp.apply(2, 7, 8, '[{"o":7,"c":3,"a":1,"m":1}]');
-- A partition that nobody claimed.
select status from billing.apply_pay_ins('billing.payin', 7, 1, 0, 1, '{0}', array[pg_temp.uuid_of(9)], '{1}', '{1}', '{USD}', null, null, null, null, null, null, '', '{-1}', '{-1}');
-- Asked for more than what follows the stored offset: a gap, nothing is stored.
select status, next_offset, applied from pg_temp.apply(2, 9, 10, '[{"o":9,"c":4,"a":1,"m":1}]');
select next_offset from billing.list_consumer_offsets('billing.payin');
-- First lie: retention took messages. Halted, and halted it stays whoever claims or brings what.
savepoint before_lies;
select next_offset, halt_reason, halt_detail from billing.claim_partition('billing.payin', 0, 'worker-b', 12, 20);
select next_offset, halt_reason, halt_detail from billing.claim_partition('billing.payin', 0, 'worker-c', 5, 20);
select status, detail from pg_temp.apply(4, 8, 9, '[{"o":8,"c":4,"a":1,"m":1}]');
rollback to savepoint before_lies;
-- Second lie: the log ends below the stored offset.
select next_offset, halt_reason, halt_detail from billing.claim_partition('billing.payin', 0, 'worker-b', 0, 7);
rollback to savepoint before_lies;
-- Third lie: the topic was made anew and refilled; the broker's watermarks look fine.
select halt_reason from billing.claim_partition('billing.payin', 0, 'worker-b', 0, 100);
select status, detail from pg_temp.apply(3, 5, 9, '[{"o":5,"c":1,"a":1,"m":1}, {"o":6,"c":77,"a":1,"m":1}, {"o":8,"c":78,"a":1,"m":1}]');
select status from pg_temp.apply(3, 8, 9, '[{"o":8,"c":79,"a":1,"m":1}]');
select next_offset, epoch, accepted_offset, incarnation, worker_id, halt_reason, halted_at is not null as halted from billing.list_consumer_offsets('billing.payin');
select balance_minor from billing.account_balances;
-- An operator accepts an offset further back: the running worker is fenced, offsets name other messages now.
select next_offset, epoch, incarnation, halt_reason from billing.accept_offset('billing.payin', 0, 0, 'olga');
select status from pg_temp.apply(3, 0, 1, '[{"o":0,"c":1,"a":1,"m":1}]');
select epoch, next_offset, accepted_offset, halt_reason from billing.claim_partition('billing.payin', 0, 'worker-b', 0, 100);
select status, next_offset, applied, duplicates, dead from pg_temp.apply(5, 0, 3, '[{"o":0,"c":1,"a":1,"m":1}, {"o":1,"c":77,"a":1,"m":1}, {"o":2,"v":"x","violation":["invalid_json","x"]}]');
select message_offset, incarnation from billing.dead_letters;
select balance_minor from billing.account_balances;
-- Forward: what lies between is given up, on the record.
select next_offset, incarnation from billing.accept_offset('billing.payin', 0, 50, 'olga');
select from_offset, to_offset, halt_reason, accepted_by from billing.offset_acceptances order by id;
-- Messages below where consumption began need no outcome.
select epoch from billing.claim_partition('billing.payin', 0, 'worker-b', 0, 100);
select status, next_offset, applied from pg_temp.apply(7, 48, 51, '[{"o":48,"c":90,"a":1,"m":1}, {"o":50,"c":91,"a":1,"m":1}]');
-- What cannot be read halts its partition, once all before it is stored.
savepoint before_unreadable;
select * from billing.halt_unreadable('billing.payin', 0, 6, 51, 60, 'gzip: too much');
select * from billing.halt_unreadable('billing.payin', 0, 7, 52, 60, 'gzip: too much');
select * from billing.halt_unreadable('billing.payin', 0, 7, 40, 51, 'gzip: too much');
select * from billing.halt_unreadable('billing.payin', 0, 7, 45, 60, 'gzip: too much');
select * from billing.halt_unreadable('billing.payin', 0, 7, 51, 60, 'another');
select next_offset, halt_reason, halt_detail from billing.claim_partition('billing.payin', 0, 'worker-b', 0, 100);
-- Given up by an operator; within it, it is still unreadable.
select next_offset, halt_reason from billing.accept_offset('billing.payin', 0, 55, 'olga');
select * from billing.halt_unreadable('billing.payin', 0, 9, 51, 60, 'gzip: too much');
select next_offset, halt_reason from billing.accept_offset('billing.payin', 0, 60, 'olga');
select * from billing.halt_unreadable('billing.payin', 0, 10, 51, 60, 'gzip: too much');
select * from billing.halt_unreadable('billing.payin', 99, 10, 51, 60, 'gzip: too much');
rollback to savepoint before_unreadable;
-- No such partition.
select billing.accept_offset('billing.payin', 99, 0, 'olga');
