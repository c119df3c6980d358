create or replace function billing.bury_parked_pay_in(
    in_message  billing.parked_pay_ins,
    in_reason   billing.dead_letter_reason,
    in_detail   text
)
returns billing.dead_letters
language sql
set search_path = billing, pg_temp
as $$
-- Internal: the letter of a parked pay-in, open; one that an act had parked is the same letter again, and
-- one with a conflict keeps it.
    insert into dead_letters as d (topic, partition_id, message_offset, incarnation, command_id, account_id,
           reason, detail, message_key, message_value, tenant)
    values (in_message.topic, in_message.partition_id, in_message.message_offset, in_message.incarnation,
            in_message.command_id, in_message.account_id, in_reason, in_detail, in_message.message_key,
            in_message.message_value, in_message.tenant)
    on conflict (topic, partition_id, message_offset, incarnation) do update
       set state = 'open', resolved_by = null, resolved_at = null, recorded_at = now(), published_at = null,
           reason = case d.reason when 'command_conflict' then d.reason else excluded.reason end,
           detail = excluded.detail
    returning d.*;
$$;
