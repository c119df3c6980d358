create or replace function billing.remember_offsets()
returns void
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- Keeps the highest offset of each partition since an operator last accepted one. Writes audit_offsets.
begin
    insert into audit_offsets as s (topic, partition_id, incarnation, next_offset, acceptance_id)
    select o.topic, o.partition_id, o.incarnation, o.next_offset,
           coalesce((select max(a.id) from offset_acceptances a
                      where a.topic = o.topic and a.partition_id = o.partition_id), 0)
      from consumer_offsets o order by o.topic, o.partition_id
    on conflict (topic, partition_id) do update
       set incarnation = excluded.incarnation, next_offset = excluded.next_offset, acceptance_id = excluded.acceptance_id
     where excluded.acceptance_id <> s.acceptance_id or excluded.next_offset > s.next_offset;
end;
$$;
