create or replace function billing.list_parked_to_retry(in_limit integer, out total bigint, out messages jsonb)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_parked_to_retry(1)
--
--   Which parked pay-ins to try now, those whose account has arrived first.
--
-- Returns
--   total      how many are parked
--   messages   in_limit at most: [{topic, partition, offset, incarnation}], offset a string
-- ---------------------------------------------------------------------------
    select (select count(*) from parked_pay_ins),
           coalesce(jsonb_agg(jsonb_build_object('topic', p.topic, 'partition', p.partition_id,
               'offset', p.message_offset::text, 'incarnation', p.incarnation)), '[]')
      from (select p.* from parked_pay_ins p
             order by exists (select from accounts a where a.id = p.account_id) desc, p.parked_at, p.message_offset
             limit in_limit) p;
$$;
