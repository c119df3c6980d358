create or replace function billing.apply_pay_ins(
    in_topic             text,
    in_partition         integer,
    in_epoch             bigint,
    in_first_offset      bigint,
    in_next_offset       bigint,
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
    in_tenants           text[] default null,
    in_homes             integer[] default null,
    out status           text,
    out next_offset      bigint,
    out applied          integer,
    out duplicates       integer,
    out parked           integer,
    out dead             integer,
    out detail           text
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.apply_pay_ins(21)
--
--   Credits one Kafka batch to this node and stores the offset behind it, in
--   one transaction: exactly once in effect, however often the batch comes.
--   Each message ends as applied, duplicate, parked or dead; none is dropped
--   and none stops its neighbours. What an operator has discarded is not
--   credited when its command comes again: discarded ids are looked up, once a
--   batch, while there are any.
--
-- Parameters
--   in_epoch            as claim_partition gave it
--   in_first_offset, in_next_offset
--                       the batch covers [first, next): first is the offset the
--                       broker was asked for, not that of the first message
--                       (transaction markers leave holes in a log)
--   in_offsets … in_references
--                       one element a message, in offset order; command id,
--                       account, amount and currency null where in_fault_… says
--                       why; in_references may be null as a whole
--   in_tenants          whose each message is; null: the default tenant's
--   in_homes            the node that is to credit it; null, as an element or as a whole:
--                       this one. What is another's is parked until it has
--                       (billing.hand_over_pay_ins)
--   in_metadata_indexes, in_metadata
--                       metadata of the messages that have some (index from 1)
--   in_fault_…          messages that the worker could not decode
--   in_payload          key and value bytes of all messages, one after another;
--                       in_key_sizes, in_value_sizes cut it (-1: null)
-- Returns
--   status   stored   done, next_offset is stored
--            seen     the whole batch lies below the stored offset and every
--                     message of it has an outcome: go on at next_offset
--            gap      the batch begins above next_offset: claim the partition
--                     anew, which asks the broker's log, and go on there
--            fenced   another worker has claimed the partition: stop
--            halted   an operator is needed; detail says why
-- Locks     row of consumer_offsets; unique keys of transaction_log; rows of
--           account_balances in account order
-- Writes    transaction_log, account_balances, operation_metadata,
--           parked_pay_ins, dead_letters, consumer_offsets, batches
-- Raises    –  (a deadlock or outage raises PostgreSQL's own: call again)
-- ---------------------------------------------------------------------------
declare
    stored  consumer_offsets;
    total   integer := coalesce(cardinality(in_offsets), 0);
    skipped integer := 0;        -- messages of this batch below the stored offset
    unseen  bigint;
    full_accounts bigint[] := '{}';
    amounts bigint[] := in_amounts_minor;   -- null where a command is not to be credited
begin
    applied := 0; duplicates := 0; parked := 0; dead := 0;

    select * into stored from consumer_offsets o
     where o.topic = in_topic and o.partition_id = in_partition for update;
    if not found or stored.epoch <> in_epoch then
        status := 'fenced'; next_offset := stored.next_offset;
        detail := format('partition is claimed by %s', coalesce(stored.worker_id, 'nobody'));
        return;
    end if;
    next_offset := stored.next_offset;
    if stored.halt_reason is not null then
        status := 'halted'; detail := stored.halt_detail;
        return;
    end if;

    if in_first_offset > stored.next_offset then
        status := 'gap';
        return;
    elsif in_first_offset < stored.next_offset then
        skipped := (select count(*) from unnest(in_offsets) o where o < stored.next_offset);
        unseen := first_without_outcome(in_topic, in_partition, stored.accepted_offset, in_offsets[:skipped],
                    in_command_ids[:skipped], in_account_ids[:skipped], in_amounts_minor[:skipped], in_payload,
                    in_key_sizes[:skipped], in_value_sizes[:skipped]);
        if unseen is not null then
            stored := halt_partition(in_topic, in_partition, 'unknown_below', format(
                'message at offset %s lies below the stored offset %s and has no outcome here: the topic was made anew',
                unseen, stored.next_offset));
            status := 'halted'; detail := stored.halt_detail;
            return;
        end if;
        if in_next_offset <= stored.next_offset then
            status := 'seen';
            return;
        end if;
    end if;

    if exists (select from dead_letters d where d.state = 'discarded' and d.command_id is not null) then
        amounts := withhold_discarded(in_command_ids, in_amounts_minor);
    end if;
    amounts := case when in_homes is null then amounts else withhold_of_homes(in_homes, amounts) end;
    begin
        applied := credit_pay_ins(skipped, in_command_ids, in_account_ids, amounts,
                                  in_currencies, in_references, full_accounts, in_tenants, in_topic, in_partition, in_next_offset);
    exception when numeric_value_out_of_range or serialization_failure then
        full_accounts := accounts_over_limit(in_account_ids, amounts);
        applied := credit_pay_ins(skipped, in_command_ids, in_account_ids, amounts,
                                  in_currencies, in_references, full_accounts, in_tenants, in_topic, in_partition, in_next_offset);
    end;

    if in_metadata_indexes is not null then
        perform keep_metadata(in_command_ids, in_account_ids, in_metadata_indexes, in_metadata);
    end if;

    if applied < total - skipped then
        select k.duplicates, k.parked, k.dead into duplicates, parked, dead
          from keep_unapplied(in_topic, in_partition, stored.incarnation, skipped, applied,
                   in_offsets, in_command_ids, in_account_ids, in_amounts_minor, in_currencies,
                   in_references, in_metadata_indexes, in_metadata, in_fault_indexes,
                   in_fault_reasons, in_fault_details, in_payload, in_key_sizes, in_value_sizes,
                   full_accounts, in_tenants, in_homes) k;
    end if;

    update consumer_offsets o
       set next_offset = in_next_offset, updated_at = now()
     where o.topic = in_topic and o.partition_id = in_partition;
    status := 'stored';
    next_offset := in_next_offset;
end;
$$;

create or replace function billing.first_without_outcome(
    in_topic          text,
    in_partition      integer,
    in_from_offset    bigint,
    in_offsets        bigint[],
    in_command_ids    uuid[],
    in_account_ids    bigint[],
    in_amounts_minor  bigint[],
    in_payload        bytea,
    in_key_sizes      integer[],
    in_value_sizes    integer[]
)
returns bigint
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: the first of these messages, from an offset on, that was neither applied (here, or as it is elsewhere), parked, forwarded
-- nor buried here; null when all have an outcome. One without a command id is known by its bytes.
    select m.message_offset
      from (select u.*, 1 + sum(greatest(u.key_size, 0) + greatest(u.value_size, 0)) over (order by u.index)
                          - greatest(u.key_size, 0) - greatest(u.value_size, 0) as key_start
              from unnest(in_offsets, in_command_ids, in_account_ids, in_amounts_minor, in_key_sizes, in_value_sizes)
                   with ordinality as u (message_offset, command_id, account_id, amount_minor, key_size, value_size, index)) m
     where m.message_offset >= in_from_offset
       and not exists (select from transaction_log l
                        where l.operation_id = m.command_id and l.operation_type = 'pay_in'
                          and (l.node_id = local_node_id()
                               or (l.account_id, l.amount_minor) = (m.account_id, m.amount_minor)))
       and not exists (select from parked_pay_ins p where p.command_id = m.command_id)
       and not exists (select from forwarded_pay_ins f where f.command_id = m.command_id)
       and not exists (select from dead_letters d where d.command_id = m.command_id)
       and (m.command_id is not null or not exists (
                select from find_place(in_topic, in_partition, m.message_offset,
                    case when m.key_size >= 0 then substr(in_payload, m.key_start::integer, m.key_size) end,
                    case when m.value_size >= 0 then substr(in_payload,
                         (m.key_start + greatest(m.key_size, 0))::integer, m.value_size) end) p where p.is_known))
     order by m.message_offset
     limit 1;
$$;

create or replace function billing.withhold_discarded(in_command_ids uuid[], in_amounts_minor bigint[])
returns bigint[]
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: the amounts of a batch, null where an operator has discarded the command id. A look at the
-- partial index for each id, so that it costs 2 to 8 ms for 8,000, however many are discarded.
declare
    discarded uuid[] := array(select c from unnest(in_command_ids) c
                               where exists (select from dead_letters d where d.command_id = c and d.state = 'discarded'));
begin
    if cardinality(discarded) = 0 then
        return in_amounts_minor;
    end if;
    return array(select case when m.command_id <> all (discarded) then m.amount_minor end
                   from unnest(in_command_ids, in_amounts_minor) with ordinality as m (command_id, amount_minor, index)
                  order by m.index);
end;
$$;

create or replace function billing.withhold_of_homes(in_homes integer[], in_amounts_minor bigint[])
returns bigint[]
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: the amounts of a batch, null where another node is the home.
    select array(select case when coalesce(m.home, local_node_id()) = local_node_id() then m.amount_minor end
                   from unnest(in_amounts_minor, in_homes) with ordinality as m (amount_minor, home, index) order by m.index);
$$;
