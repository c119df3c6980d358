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
