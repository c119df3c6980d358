-- What the API, its console and the command line show of dead letters. Reads only.
set role billing_owner;
create or replace function billing.acts_of_message(
    in_topic        text,
    in_partition    integer,
    in_offset       bigint,
    in_incarnation  integer
)
returns jsonb
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: what operators did with a message, oldest first:
-- [{act, result, client_id, acted_at, note, command_id}]
    select coalesce(jsonb_agg(jsonb_build_object('act', a.act, 'result', a.result, 'client_id', a.client_id,
               'acted_at', a.acted_at, 'note', a.note, 'command_id', a.command_id) order by a.id), '[]')
      from dead_letter_acts a
     where a.topic = in_topic and a.partition_id = in_partition and a.message_offset = in_offset
       and a.incarnation = in_incarnation;
$$;

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
    in_after_incarnation  integer
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
-- billing.find_dead_letters(10)
--
--   Dead letters of this node, newest first, with what was done about each.
--
-- Parameters
--   in_state, in_reason, in_account_id   null: any
--   in_command_id  the message's own, or one that an act gave it; null: any
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
     where (in_state is null or d.state = in_state)
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

create or replace function billing.count_found_dead_letters(
    in_state       billing.dead_letter_state,
    in_reason      billing.dead_letter_reason,
    in_account_id  bigint
)
returns bigint
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.count_found_dead_letters(3)
--
--   How many letters billing.find_dead_letters goes through, page after page.
--   Apart from it: a page costs no more for the letters behind it. How many
--   wait is billing.count_dead_letters.
--
-- Parameters
--   in_state, in_reason, in_account_id   null: any
-- ---------------------------------------------------------------------------
    select count(*)
      from dead_letters d
     where (in_state is null or d.state = in_state)
       and (in_reason is null or d.reason = in_reason)
       and (in_account_id is null or d.account_id = in_account_id);
$$;

-- It got more columns; replacing a function cannot change them. At once: services run on.
begin;
do $$ begin
    if exists (select from pg_proc where oid = to_regprocedure('billing.show_dead_letter(text, integer, bigint, integer)')
                                     and not 'published_at' = any (proargnames)) then
        drop function billing.show_dead_letter(text, integer, bigint, integer);
    end if;
end $$;
create or replace function billing.show_dead_letter(
    in_topic        text,
    in_partition    integer,
    in_offset       bigint,
    in_incarnation  integer
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
    acts            jsonb
)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.show_dead_letter(4)
--
--   One dead letter of this node with all its bytes and what was done about it.
--
-- Parameters
--   in_incarnation  null: 1, which lists leave out of a name
-- Returns
--   no row         there is none of that name
--   published_at   when its copy was on the topic; null: not yet
--   acts           as billing.acts_of_message
-- ---------------------------------------------------------------------------
    select d.topic, d.partition_id, d.message_offset, d.incarnation, d.command_id, d.account_id, d.reason,
           d.detail, d.state, d.recorded_at, d.message_value, d.message_key, d.published_at, d.resolved_by,
           d.resolved_at, acts_of_message(d.topic, d.partition_id, d.message_offset, d.incarnation)
      from dead_letters d
     where d.topic = in_topic and d.partition_id = in_partition and d.message_offset = in_offset
       and d.incarnation = coalesce(in_incarnation, 1);
$$;
grant execute on function billing.show_dead_letter(text, integer, bigint, integer)
    to billing_gateway, billing_operator, billing_coordinator;
commit;
-- billing.count_dead_letters says it, for metrics and for lists.
drop function if exists billing.count_open_dead_letters();
reset role;
