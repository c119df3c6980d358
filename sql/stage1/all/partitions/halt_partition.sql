create or replace function billing.halt_partition(
    in_topic      text,
    in_partition  integer,
    in_reason     billing.halt_reason,
    in_detail     text
)
returns billing.consumer_offsets
language sql
set search_path = billing, pg_temp
as $$
-- Internal: stops consumption of a partition until billing.accept_offset. Keeps the first reason.
    update consumer_offsets
       set halt_reason = coalesce(halt_reason, in_reason),
           halt_detail = coalesce(halt_detail, in_detail),
           halted_at   = coalesce(halted_at, now()),
           updated_at  = now()
     where topic = in_topic and partition_id = in_partition
    returning *;
$$;
