create or replace function billing.accept_offset(
    in_topic        text,
    in_partition    integer,
    in_offset       bigint,
    in_accepted_by  text
)
returns billing.consumer_offsets
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.accept_offset(4)
--
--   An operator's word on where consumption of a partition goes on after the
--   broker's log and the stored offset disagreed. Going back is safe: command
--   ids applied before are duplicates, and so is a message without one that has
--   its letter: the same bytes at the same offset (billing.find_place). Going
--   forward gives up what lies between.
--
-- Parameters
--   in_offset       next offset to consume
--   in_accepted_by  who says so; kept with the login role that does, which is not what anybody types
-- Returns   the row of consumer_offsets as it is now
-- Locks     row of consumer_offsets
-- Writes    consumer_offsets (epoch raised: a running worker is fenced and
--           claims anew), offset_acceptances
-- Raises    GB010 no such partition here
-- ---------------------------------------------------------------------------
declare
    stored consumer_offsets;
begin
    select * into stored from consumer_offsets
     where topic = in_topic and partition_id = in_partition for update;
    if not found then
        raise exception 'no offset is stored for partition % of topic %', in_partition, in_topic
            using errcode = 'GB010', hint = 'billing offsets list shows the partitions known here.';
    end if;

    insert into offset_acceptances (topic, partition_id, from_offset, to_offset, halt_reason, accepted_by, address)
    values (in_topic, in_partition, stored.next_offset, in_offset, stored.halt_reason,
            format('%s (%s)', in_accepted_by, session_user), inet_client_addr());

    update consumer_offsets
       set next_offset = in_offset,
           accepted_offset = in_offset,
           epoch       = epoch + 1,
           halt_reason = null, halt_detail = null, halted_at = null,
           updated_at  = now()
     where topic = in_topic and partition_id = in_partition
    returning * into stored;
    return stored;
end;
$$;
