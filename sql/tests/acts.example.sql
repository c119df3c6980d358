-- What people do by hand: one log, with where from, and how it was before and after.
select add_account_balance(add_account('Aleksandrov'), 100, 1);
select deposit_balance(1, 12.50, 1);
select correct_balance(1, -2.50, 1, 'by hand');
-- What clients do, through a gateway: the address that the coordinator says.
select status from billing.correct_balance('ops', 'k1', '\x01', 1, -1, 'USD', 'a cent', in_address => '192.0.2.7');
-- A repeat is no further act.
select status from billing.correct_balance('ops', 'k1', '\x01', 1, -1, 'USD', 'a cent', in_address => '192.0.2.8');
delete from billing.node_config where node_id > 1;
select status from billing.delete_account(1, 'ops', 500, in_is_forced => true, in_reason => 'fraud', in_address => '192.0.2.7');
-- Messages.
select epoch from billing.claim_partition('billing.payin', 0, 'worker-a', 0, 10);
select status, dead, parked from pg_temp.apply(1, 0, 3, '[{"o":0,"v":"x","violation":["invalid_json","x"]}, {"o":1,"c":1,"a":65,"m":1,"k":"1","v":"soon"}, {"o":2,"c":2,"a":129,"m":1,"k":"1","v":"never"}]');
select result from billing.discard_dead_letter('billing.payin', 0, 0, 1, 'ops', 'rubbish', in_address => '2001:db8::1');
select result from billing.retry_parked_pay_in('billing.payin', 0, 1, 1, 'ops', 'soon');
select add_account('Yamada');
select result from billing.retry_parked_pay_in('billing.payin', 0, 1, 1, 'ops', 'now');
select result from billing.discard_parked_pay_in('billing.payin', 0, 2, 1, 'ops', 'nobody');
select next_offset from billing.accept_offset('billing.payin', 0, 50, 'olga');
-- All at one time here, so in order of what they say.
create function pg_temp.acts(in_client text default null, in_object text default null, in_tenants text[] default null) returns setof text
    language sql as $$
    select concat_ws(' | ', act, result, object_type, object_id, tenant, client_id, address, note, before, after)
      from billing.list_acts(null, null, in_client, in_object, 50, null, null, in_tenants) order by 1 $$;
select * from pg_temp.acts();
select * from pg_temp.acts('ops', '1');
select * from pg_temp.acts(in_object => 'billing.payin/0/1');
select * from pg_temp.acts(in_object => 'billing.payin/0');
-- Another tenant's operators see none, the default one's all but offsets.
select count(*) from pg_temp.acts(in_tenants => '{other}');
select count(*) from pg_temp.acts(in_tenants => '{default}');
-- Times, pages.
select count(*) from billing.list_acts(now(), null, null, null, 50, null, null, null);
select count(*) from billing.list_acts(null, now(), null, null, 50, null, null, null);
with recursive pages as (
    (select acted_at, act_id from billing.list_acts(null, null, null, null, 1, null, null, null))
    union all
    select n.acted_at, n.act_id from pages p, billing.list_acts(null, null, null, null, 1, p.acted_at, p.act_id, null) n)
select count(*), count(distinct act_id) from pages;
-- Append only.
update billing.account_acts set address = null;
delete from billing.offset_acceptances;
