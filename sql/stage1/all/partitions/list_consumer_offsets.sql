create or replace function billing.list_consumer_offsets(in_topic text default null)
returns setof billing.consumer_offsets
language sql
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
-- ---------------------------------------------------------------------------
    select * from consumer_offsets
     where topic = in_topic or in_topic is null
     order by topic, partition_id;
$$;
