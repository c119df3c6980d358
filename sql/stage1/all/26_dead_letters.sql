set role billing_owner;
create or replace function billing.list_unpublished_dead_letters(in_limit integer)
returns setof billing.dead_letters
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_unpublished_dead_letters(1)
--
--   Dead letters whose copy has not gone to billing.payin.dlq, oldest first.
--   The table is the truth; a copy may be published twice, never not at all.
--
-- Returns   rows of dead_letters, at most in_limit
-- ---------------------------------------------------------------------------
    select * from dead_letters
     where published_at is null
     order by recorded_at, topic, partition_id, message_offset
     limit in_limit;
$$;

create or replace function billing.mark_dead_letters_published(
    in_topics        text[],
    in_partitions    integer[],
    in_offsets       bigint[],
    in_incarnations  integer[]
)
returns integer
language sql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.mark_dead_letters_published(4)
--
--   Says that the copies of these letters are on the topic. Repeatable.
--
-- Parameters   parallel arrays that name the letters
-- Returns      how many were marked now
-- Locks        the rows named
-- Writes       dead_letters.published_at
-- ---------------------------------------------------------------------------
    with marked as (
        update dead_letters d set published_at = now()
          from unnest(in_topics, in_partitions, in_offsets, in_incarnations)
               as m (topic, partition_id, message_offset, incarnation)
         where d.topic = m.topic and d.partition_id = m.partition_id
           and d.message_offset = m.message_offset and d.incarnation = m.incarnation
           and d.published_at is null
        returning 1
    )
    select count(*)::integer from marked;
$$;

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
reset role;
