create or replace function billing.show_dead_letter(
    in_topic        text,
    in_partition    integer,
    in_offset       bigint,
    in_incarnation  integer,
    in_tenants      text[] default '{default}'
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
    message_key     bytea,
    published_at    timestamptz,
    resolved_by     text,
    resolved_at     timestamptz,
    acts            jsonb,
    tenant          text
)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.show_dead_letter(5)
--
--   One dead letter of this node with all its bytes and what was done about it.
--
-- Parameters
--   in_incarnation  null: 1, which lists leave out of a name
--   in_tenants      whose the caller may see; null: all
-- Returns
--   no row         there is none of that name
--   published_at   when its copy was on the topic; null: not yet
--   acts           as billing.acts_of_message
-- ---------------------------------------------------------------------------
    select d.topic, d.partition_id, d.message_offset, d.incarnation, d.command_id, d.account_id, d.reason,
           d.detail, d.state, d.recorded_at, d.message_value, d.message_key, d.published_at, d.resolved_by,
           d.resolved_at, acts_of_message(d.topic, d.partition_id, d.message_offset, d.incarnation), d.tenant
      from dead_letters d
     where d.topic = in_topic and d.partition_id = in_partition and d.message_offset = in_offset
       and d.incarnation = coalesce(in_incarnation, 1)
       and (in_tenants is null or d.tenant = any (in_tenants));
$$;
