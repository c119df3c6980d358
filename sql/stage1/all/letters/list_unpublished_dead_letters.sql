create or replace function billing.list_unpublished_dead_letters(
    in_limit              integer,
    in_bytes_max          bigint,
    in_letter_bytes_max   integer,
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
    reason          billing.dead_letter_reason,
    detail          text,
    message_key     bytea,
    message_value   bytea,
    key_bytes       integer,
    value_bytes     integer,
    recorded_at     timestamptz
)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_unpublished_dead_letters(8)
--
--   Dead letters whose copy has not gone to billing.payin.dlq, oldest first.
--   The table is the truth; a copy may be published twice, never not at all.
--   Bounded in bytes: a letter may have as many as a message of the broker.
--
-- Parameters
--   in_limit             rows
--   in_bytes_max         of all rows, headers of the copies included; the first row comes whatever it has
--   in_letter_bytes_max  of a row's key and value: what is beyond is cut off, the key at a tenth of it
--   in_after_…           the last row that was seen; all null: from the oldest on
-- Returns
--   key_bytes, value_bytes  what they have whole; null: there is none
-- ---------------------------------------------------------------------------
    with waiting as (
        select d.*, octet_length(d.message_key) as key_bytes, octet_length(d.message_value) as value_bytes
          from dead_letters d
         where d.published_at is null
           and (in_after_recorded_at is null
                or (d.recorded_at, d.topic, d.partition_id, d.message_offset, d.incarnation)
                 > (in_after_recorded_at, in_after_topic, in_after_partition, in_after_offset, in_after_incarnation))
         order by d.recorded_at, d.topic, d.partition_id, d.message_offset, d.incarnation
         limit in_limit
    ), cut as (
        select w.*, case when coalesce(w.key_bytes, 0) + coalesce(w.value_bytes, 0) <= in_letter_bytes_max
                         then coalesce(w.key_bytes, 0)
                         else least(coalesce(w.key_bytes, 0), in_letter_bytes_max / 10) end as key_kept
          from waiting w
    ), counted as (
        -- 512: names of headers, and what is short in them.
        select c.*, row_number() over oldest_first as number,
               sum(512 + octet_length(c.detail) + c.key_kept
                   + least(coalesce(c.value_bytes, 0), in_letter_bytes_max - c.key_kept)) over oldest_first as bytes
          from cut c
        window oldest_first as (order by c.recorded_at, c.topic, c.partition_id, c.message_offset, c.incarnation)
    )
    select c.topic, c.partition_id, c.message_offset, c.incarnation, c.command_id, c.reason, c.detail,
           substr(c.message_key, 1, c.key_kept), substr(c.message_value, 1, in_letter_bytes_max - c.key_kept),
           c.key_bytes, c.value_bytes, c.recorded_at
      from counted c
     where c.bytes <= in_bytes_max or c.number = 1
     order by c.number;
$$;
