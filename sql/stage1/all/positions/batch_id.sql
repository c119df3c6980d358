create or replace function billing.batch_id(in_incarnation integer, in_number bigint)
returns bigint
language sql
immutable
parallel safe
as $$
-- What a position calls incarnation and number, as batches have it: 2^44 numbers an incarnation, from 1, without a gap between
-- two of them. No settings, so that it is inlined.
    select ((in_incarnation - 1)::bigint << 44) + in_number;
$$;

create or replace function billing.incarnation_of(in_batch_id bigint)
returns integer
language sql
immutable
parallel safe
as $$
-- Internal: the other way.
    select (in_batch_id >> 44)::integer + 1;
$$;
