create or replace function billing.find_dead_letters(
    in_state              billing.dead_letter_state,
    in_reason             billing.dead_letter_reason,
    in_account_id         bigint,
    in_command_id         uuid,
    in_limit              integer,
    in_after_recorded_at  timestamptz,
    in_after_topic        text,
    in_after_partition    integer,
    in_after_offset       bigint,
    in_after_incarnation  integer,
    in_tenants            text[] default '{default}'
)
returns table (
    topic           text,
    partition_id    integer,
    message_offset  bigint,
    incarnation     integer,
    command_id      uuid,
    account_id      bigint,
    reason          billing.dead_letter_reason,
    detail          text,
    state           billing.dead_letter_state,
    recorded_at     timestamptz,
    message_value   bytea,
    acts            jsonb
)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.find_dead_letters(11)
--
--   Dead letters of this node, newest first, with what was done about each.
--
-- Parameters
--   in_state, in_reason, in_account_id   null: any
--   in_command_id  the message's own, or one that an act gave it; null: any
--   in_tenants     whose the caller may see; null: all
--   in_after_…     the last row of the page before; all null: the first page
-- Returns
--   message_value  null also where it has more bytes than a pay-in may have
--   acts           as billing.acts_of_message
-- ---------------------------------------------------------------------------
    select d.topic, d.partition_id, d.message_offset, d.incarnation, d.command_id, d.account_id, d.reason,
           d.detail, d.state, d.recorded_at,
           case when octet_length(d.message_value) <= 16384 then d.message_value end,
           acts_of_message(d.topic, d.partition_id, d.message_offset, d.incarnation)
      from dead_letters d
     where (in_tenants is null or d.tenant = any (in_tenants))
       and (in_state is null or d.state = in_state)
       and (in_reason is null or d.reason = in_reason)
       and (in_account_id is null or d.account_id = in_account_id)
       and (in_command_id is null or d.command_id = in_command_id
            or (d.topic, d.partition_id, d.message_offset, d.incarnation) in
               (select a.topic, a.partition_id, a.message_offset, a.incarnation
                  from dead_letter_acts a where a.command_id = in_command_id))
       and (in_after_recorded_at is null
            or (d.recorded_at, d.topic, d.partition_id, d.message_offset, d.incarnation)
             < (in_after_recorded_at, in_after_topic, in_after_partition, in_after_offset, in_after_incarnation))
     order by d.recorded_at desc, d.topic desc, d.partition_id desc, d.message_offset desc, d.incarnation desc
     limit in_limit;
$$;
