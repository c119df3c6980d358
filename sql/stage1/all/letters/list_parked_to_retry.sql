create or replace function billing.list_parked_to_retry(in_limit integer, in_tenants text[] default '{default}', out total bigint, out messages jsonb)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_parked_to_retry(2)
--
--   Which parked pay-ins to try now, those whose account has arrived first; not those
--   that wait for their home.
--
-- Returns
--   total      how many are parked, of the tenants that the caller may see (null: all)
--   messages   in_limit at most: [{topic, partition, offset, incarnation}], offset a string
-- ---------------------------------------------------------------------------
    select (select count(*) from parked_pay_ins p where in_tenants is null or p.tenant = any (in_tenants)),
           coalesce(jsonb_agg(jsonb_build_object('topic', p.topic, 'partition', p.partition_id,
               'offset', p.message_offset::text, 'incarnation', p.incarnation)), '[]')
      from (select p.* from parked_pay_ins p
             where p.home_node_id is null and (in_tenants is null or p.tenant = any (in_tenants))
             order by exists (select from accounts a where a.id = p.account_id and a.tenant = p.tenant) desc, p.parked_at, p.message_offset
             limit in_limit) p;
$$;
