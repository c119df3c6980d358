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
