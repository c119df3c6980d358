create or replace function billing.halt_unreadable(
    in_topic         text,
    in_partition     integer,
    in_epoch         bigint,
    in_first_offset  bigint,
    in_next_offset   bigint,
    in_fault         text,
    out status       text,
    out next_offset  bigint,
    out detail       text
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.halt_unreadable(6)
--
--   Says that a stretch of a partition's log cannot be read: broken bytes, a
--   codec that nobody knows, more bytes than can be held. Nobody knows what it
--   holds, so that an operator is to give it up: the partition is halted until
--   billing.accept_offset. What lies before it must be stored.
--
-- Parameters
--   in_epoch            as claim_partition gave it
--   in_first_offset, in_next_offset
--                       the stretch is [first, next)
--   in_fault            why, for people
-- Returns
--   status   halted, seen, gap or fenced, as of billing.apply_pay_ins; seen: it
--            was given up, go on at next_offset
-- Locks     row of consumer_offsets
-- Writes    consumer_offsets
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    stored consumer_offsets;
begin
    select * into stored from consumer_offsets o
     where o.topic = in_topic and o.partition_id = in_partition for update;
    next_offset := stored.next_offset;
    if not found or stored.epoch <> in_epoch then
        status := 'fenced';
        detail := format('partition is claimed by %s', coalesce(stored.worker_id, 'nobody'));
    elsif stored.halt_reason is not null then
        status := 'halted'; detail := stored.halt_detail;
    elsif stored.next_offset >= in_next_offset then
        status := 'seen';
    elsif stored.next_offset < in_first_offset then
        status := 'gap';
    else
        stored := halt_partition(in_topic, in_partition, 'unreadable', format(
            'offsets %s to %s cannot be read: %s. To give them up, go on at %s',
            in_first_offset, in_next_offset - 1, in_fault, in_next_offset));
        status := 'halted'; detail := stored.halt_detail;
    end if;
end;
$$;
