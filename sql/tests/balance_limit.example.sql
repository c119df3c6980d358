select add_account('Full'), add_account('Roomy');
select deposit_balance(1, 92233720368547757, 1);
select epoch from billing.claim_partition('billing.payin', 0, 'worker-a', 0, 10);
-- A pay-in that would leave bigint is dead, and so are its neighbours on that account in the batch; others pass.
select * from pg_temp.apply(1, 0, 3, '[{"o":0,"c":1,"a":1,"m":50,"v":"small"}, {"o":1,"c":2,"a":65,"m":7}, {"o":2,"c":3,"a":1,"m":100,"v":"too much"}]');
select message_offset, reason, account_id from billing.dead_letters order by 1;
select account_id, balance_minor from billing.account_balances order by 1;
-- What fits on its own is still credited.
select status, applied, dead from pg_temp.apply(1, 3, 4, '[{"o":3,"c":4,"a":1,"m":50}]');
-- Two amounts whose sum leaves bigint, on an account that is empty.
select status, applied, dead from pg_temp.apply(1, 4, 6, '[{"o":4,"c":5,"a":65,"m":9000000000000000000,"v":"a"}, {"o":5,"c":6,"a":65,"m":9000000000000000000,"v":"b"}]');
select account_id, balance_minor from billing.account_balances order by 1;
