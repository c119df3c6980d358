create or replace function billing.claim_partition(
    in_topic           text,
    in_partition       integer,
    in_worker_id       text,
    in_log_start       bigint,
    in_high_watermark  bigint,
    out epoch          bigint,
    out next_offset    bigint,
    out accepted_offset bigint,
    out halt_reason    billing.halt_reason,
    out halt_detail    text
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.claim_partition(5)
--
--   Makes the caller the one worker that may store offsets of a partition, and
--   tells it where to go on. Whoever held the partition before is fenced: its
--   epoch is now too old for billing.apply_pay_ins.
--   A broker can lie about its past; the two lies that its watermarks betray
--   are caught here and halt the partition until billing.accept_offset.
--
-- Parameters
--   in_worker_id       whoever asks, for operators to read
--   in_log_start       earliest offset the broker still has
--   in_high_watermark  offset after the last message the broker has
-- Returns
--   epoch        to be passed to billing.apply_pay_ins
--   next_offset  first offset not yet stored here; a partition never seen
--                before starts where its log starts
--   accepted_offset  messages from here to next_offset must have an outcome here
--   halt_reason  not null: consume nothing, wait for an operator
-- Locks     row of consumer_offsets
-- Writes    consumer_offsets
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    stored consumer_offsets;
begin
    insert into consumer_offsets as o (topic, partition_id, next_offset, accepted_offset, epoch, worker_id)
    values (in_topic, in_partition, in_log_start, in_log_start, 1, in_worker_id)
    on conflict (topic, partition_id) do update
       set epoch = o.epoch + 1, worker_id = excluded.worker_id, updated_at = now()
    returning o.* into stored;

    if stored.halt_reason is null then
        if in_log_start > stored.next_offset then
            stored := halt_partition(in_topic, in_partition, 'log_truncated', format(
                'stored offset %s, but the log begins at %s: %s message(s) are gone',
                stored.next_offset, in_log_start, in_log_start - stored.next_offset));
        elsif in_high_watermark < stored.next_offset then
            stored := halt_partition(in_topic, in_partition, 'log_shorter', format(
                'stored offset %s, but the log ends at %s: the topic was made anew',
                stored.next_offset, in_high_watermark));
        end if;
    end if;

    epoch := stored.epoch;
    next_offset := stored.next_offset;
    accepted_offset := stored.accepted_offset;
    halt_reason := stored.halt_reason;
    halt_detail := stored.halt_detail;
end;
$$;
