-- What makes two messages of one command id the same, and which of two comes first.
-- Of one command id twice in a batch the first one counts, whatever order the planner joins in.
select add_account('low id'), add_account('high id');
select next_offset from billing.claim_partition('billing.payin', 0, 'worker-a', 0, 10);
set local enable_nestloop = off;
set local enable_hashjoin = off;
discard plans;
select * from pg_temp.apply(1, 0, 2, '[{"o":0,"c":1,"a":65,"m":100}, {"o":1,"c":1,"a":1,"m":7700}]');
select account_id, amount_minor from billing.transaction_log;
select message_offset, reason, account_id from billing.dead_letters;
-- The currency is part of the content: the same number in another one is no repeat.
select status, duplicates, dead from pg_temp.apply(1, 2, 4, '[{"o":2,"c":1,"a":65,"m":100}, {"o":3,"c":1,"a":65,"m":100,"cur":"EUR"}]');
select message_offset, reason from billing.dead_letters order by message_offset;
