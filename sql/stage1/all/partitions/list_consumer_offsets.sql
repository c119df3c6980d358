create or replace function billing.list_consumer_offsets(in_topic text default null)
returns setof billing.consumer_offsets
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_consumer_offsets(1)
--
--   Where consumption stands in each partition, and which ones are halted.
--
-- Parameters   in_topic  null: all topics
-- Returns      rows of consumer_offsets by topic and partition
--
--   In PL/pgSQL for its plan, which a session keeps: workers look each second.
-- ---------------------------------------------------------------------------
begin
    return query
    select * from consumer_offsets o
     where o.topic = in_topic or in_topic is null
     order by o.topic, o.partition_id;
end;
$$;
