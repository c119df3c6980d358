set role billing_owner;
create or replace function billing.credit_message(
    in_message        billing.parked_pay_ins,
    in_heeds_discard  boolean,
    out result        text,
    out reason        billing.dead_letter_reason,
    out detail        text
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.credit_message(2)
--
--   Credits one message by an operator's act, with the statements of a batch:
--   billing.credit_pay_ins credits it if nothing of its command id is here yet,
--   billing.judge_unapplied says what is to be thought of it.
--
-- Parameters
--   in_message        as parked_pay_ins keeps one; need not be there
--   in_heeds_discard  false: also where an operator discarded its command id
-- Returns
--   result   applied    credited now
--            duplicate  credited before with the same content
--            parked     the account is not known here: for the caller to park
--            refused    reason and detail say why
-- Locks     unique key of transaction_log, row of account_balances
-- Writes    transaction_log, account_balances, operation_metadata
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    commands      uuid[]    := array[in_message.command_id];
    account_ids   bigint[]  := array[in_message.account_id];
    amounts       bigint[]  := array[case when not in_heeds_discard or describe_discard(in_message.command_id) is null
                                          then in_message.amount_minor end];
    codes         text[]    := array[in_message.currency::text];
    notes         text[]    := array[in_message.reference];
    full_accounts bigint[]  := '{}';
    credited      integer;
    judged        record;
begin
    begin
        credited := credit_pay_ins(0, commands, account_ids, amounts, codes, notes, full_accounts);
    exception when numeric_value_out_of_range then
        full_accounts := accounts_over_limit(account_ids, amounts);
        credited := credit_pay_ins(0, commands, account_ids, amounts, codes, notes, full_accounts);
    end;
    if credited = 1 then
        result := 'applied';
        if in_message.metadata is not null then
            perform keep_metadata(commands, account_ids, array[1], array[in_message.metadata]);
        end if;
        return;
    end if;

    judged := judge_unapplied(in_message.command_id, in_message.account_id, in_message.amount_minor,
        in_message.currency, in_message.reference, null, null, in_message.account_id = any (full_accounts),
        in_heeds_discard);
    reason := judged.reason;
    detail := judged.explanation;
    result := case judged.verdict when 'applied' then 'duplicate' when 'dead' then 'refused' else 'parked' end;
end;
$$;

create or replace function billing.command_id_of_message(
    in_topic        text,
    in_partition    integer,
    in_offset       bigint,
    in_incarnation  integer
)
returns uuid
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: the command id that the name of a message makes: a UUID of version 8 made of the hash of its
-- node and name. (Every node has offsets of its own.)
    select encode(set_byte(set_byte(h, 6, get_byte(h, 6) & 15 | 128), 8, get_byte(h, 8) & 63 | 128), 'hex')::uuid
      from (select substr(sha256(convert_to(concat_ws('/', 'dead letter', local_node_id(), in_topic, in_partition,
                       in_offset, in_incarnation), 'UTF8')), 1, 16) as h) hash;
$$;

create or replace function billing.command_id_of_letter(in_letter billing.dead_letters)
returns uuid
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: the command id of a letter, or of one that bears none the one that its name makes, always the
-- same. Earlier versions kept the same bytes of the same offset once an incarnation: it is one message. It
-- has the id that was credited, or that one of its letters is parked under, or that an operator gave one
-- of them; else that of the first name.
    select coalesce(in_letter.command_id, (
        with twin as (
            select d.topic, d.partition_id, d.message_offset, d.incarnation
              from dead_letters d
             where d.topic = in_letter.topic and d.partition_id = in_letter.partition_id
               and d.message_offset = in_letter.message_offset
               and d.message_key is not distinct from in_letter.message_key
               and d.message_value is not distinct from in_letter.message_value
        )
        select n.command_id
          from (select 1 as rank, incarnation, p.command_id
                  from twin join parked_pay_ins p using (topic, partition_id, message_offset, incarnation)
                union all
                select 2, incarnation, a.command_id
                  from twin join dead_letter_acts a using (topic, partition_id, message_offset, incarnation)
                 where a.command_id is not null
                union all
                select 3, incarnation, command_id_of_message(topic, partition_id, message_offset, incarnation)
                  from twin) as n (rank, incarnation, command_id)
         order by exists (select from transaction_log l where l.operation_id = n.command_id
                             and l.node_id = local_node_id() and l.operation_type = 'pay_in') desc,
                  n.rank, n.incarnation
         limit 1));
$$;
reset role;
