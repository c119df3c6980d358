create or replace function billing.keep_unapplied(
    in_topic             text,
    in_partition         integer,
    in_incarnation       integer,
    in_skip              integer,
    in_applied           integer,
    in_offsets           bigint[],
    in_command_ids       uuid[],
    in_account_ids       bigint[],
    in_amounts_minor     bigint[],
    in_currencies        text[],
    in_references        text[],
    in_metadata_indexes  integer[],
    in_metadata          jsonb[],
    in_fault_indexes     integer[],
    in_fault_reasons     billing.dead_letter_reason[],
    in_fault_details     text[],
    in_payload           bytea,
    in_key_sizes         integer[],
    in_value_sizes       integer[],
    in_full_accounts     bigint[],
    in_tenants           text[],
    in_homes             integer[],
    out duplicates       integer,
    out parked           integer,
    out dead             integer
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.keep_unapplied(22)
--
--   Second half of billing.apply_pay_ins, for batches in which something was
--   not credited: says of each message whether it is a duplicate, to be parked
--   or dead, and keeps the bytes of the latter two.
--   The entry is looked at first and the account after it: the account may have
--   been deleted, or have arrived, since the entries were inserted.
--   A message that is kept already, the same bytes at the same offset, is a
--   duplicate, whatever operators have made of it. Other bytes there are another
--   message: the partition's offsets have begun anew, and its incarnation is raised.
--
-- Returns   how many messages went which way
-- Writes    parked_pay_ins, dead_letters, consumer_offsets (incarnation)
-- ---------------------------------------------------------------------------
declare
    new_incarnation integer;
begin
    with message as (
        select m.*, coalesce(m.given_tenant, 'default') as tenant, f.reason as violation_reason, f.detail as violation_detail, d.metadata,
               1 + sum(greatest(m.key_size, 0) + greatest(m.value_size, 0)) over (order by m.index)
                 - greatest(m.key_size, 0) - greatest(m.value_size, 0) as key_start
          from unnest(in_offsets, in_command_ids, in_account_ids, in_amounts_minor, in_currencies,
                      in_references, in_key_sizes, in_value_sizes, in_tenants, in_homes)
               with ordinality as m (message_offset, command_id, account_id, amount_minor, currency,
                                     reference, key_size, value_size, given_tenant, home, index)
          left join unnest(in_fault_indexes, in_fault_reasons, in_fault_details)
                 as f (index, reason, detail) using (index)
          left join unnest(in_metadata_indexes, in_metadata) as d (index, metadata) using (index)
    ), judged as (
        select m.*, j.*
          from message m
          cross join lateral billing.judge_unapplied(m.command_id, m.account_id, m.amount_minor,
              m.currency, m.reference, m.violation_reason, m.violation_detail,
              m.account_id = any (in_full_accounts), true, m.tenant, m.home) j
         where m.index > in_skip
    ), unapplied as (
        select j.*,
               case when key_size >= 0 then substr(in_payload, key_start::integer, key_size) end as message_key,
               case when value_size >= 0 then substr(in_payload,
                    (key_start + greatest(key_size, 0))::integer, value_size) end as message_value
          from judged j
         where verdict <> 'applied'
    ), kept as (
        select u.*, p.last_incarnation
          from unapplied u
          cross join lateral billing.find_place(in_topic, in_partition, u.message_offset, u.message_key, u.message_value) p
         where not p.is_known
    ), numbered as (
        select k.*, greatest(in_incarnation, max(k.last_incarnation + 1) over ()) as incarnation from kept k
    ), parking as (
        insert into parked_pay_ins (topic, partition_id, message_offset, incarnation, command_id,
               account_id, amount_minor, currency, reference, metadata, message_key, message_value, tenant, home_node_id)
        select in_topic, in_partition, message_offset, incarnation, command_id,
               account_id, amount_minor, currency, reference, metadata, message_key, message_value, tenant,
               nullif(home, local_node_id())
          from numbered where verdict = 'parked'
        on conflict do nothing
    ), burying as (
        insert into dead_letters (topic, partition_id, message_offset, incarnation, command_id,
               account_id, reason, detail, message_key, message_value, tenant)
        select in_topic, in_partition, message_offset, incarnation, command_id,
               account_id, reason, explanation, message_key, message_value, tenant
          from numbered where verdict = 'dead'
        on conflict do nothing
    )
    select (select count(*) from judged) - in_applied - count(*),
           count(*) filter (where verdict = 'parked'),
           count(*) filter (where verdict = 'dead'),
           max(incarnation)
      into duplicates, parked, dead, new_incarnation
      from numbered;
    if new_incarnation > in_incarnation then
        update consumer_offsets o set incarnation = new_incarnation
         where o.topic = in_topic and o.partition_id = in_partition;
    end if;
end;
$$;
