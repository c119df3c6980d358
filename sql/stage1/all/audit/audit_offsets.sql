create or replace function billing.audit_offsets(
    out status      text,
    out next_after  text,
    out checked     integer,
    out findings    jsonb
)
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.audit_offsets()
--
--   Stored offsets against what billing.remember_offsets has seen of them.
--
--   offset   next_offset only grows and no partition vanishes, but for an operator's
--            word, which is kept in offset_acceptances
--
-- Returns, Raises   as billing.audit_parts. Of a partition: subject is topic:partition
-- ---------------------------------------------------------------------------
begin
    with accepted as (
        select a.topic, a.partition_id, max(a.id) as id from offset_acceptances a group by 1, 2
    ), finding as (
        select audit_finding('offset', local_node_id(), null, format('%s:%s', s.topic, s.partition_id),
                             s.next_offset, coalesce(o.next_offset, 0), 'a stored offset went back') as f
          from audit_offsets s
          left join consumer_offsets o on o.topic = s.topic and o.partition_id = s.partition_id
          left join accepted a on a.topic = s.topic and a.partition_id = s.partition_id
         where coalesce(a.id, 0) = s.acceptance_id and coalesce(o.next_offset, -1) < s.next_offset
    )
    select (select count(*) from consumer_offsets), coalesce((select jsonb_agg(f) from finding), '[]')
      into checked, findings;
    status := 'checked';
end;
$$;
