create or replace function billing.new_pay_out_id(in_kind integer default 0, in_moment timestamptz default current_timestamp)
returns uuid
language sql
volatile
as $$
-- ---------------------------------------------------------------------------
-- billing.new_pay_out_id(2)
--
--   A UUID of version 8 (RFC 9562, section 5.8): 48 bits of Unix time in ms, then
--   in the place of version 7's first random bits what it is of, and the node that
--   keeps it, as hex digits that people can read: tttttttt-tttt-8knn-vxxx-…. So
--   whoever has an entry knows both, and where it stands in a history.
--   One expression and no settings, so that PostgreSQL inlines it: 2 µs, not 16.
--
-- Parameters
--   in_kind    k: 0 a pay-out or a refund, 1 a hold, 2 a charge (billing.operation_kind)
--   in_moment  its time: when it was begun, as its row and its entry say
-- ---------------------------------------------------------------------------
    select encode(set_byte(set_byte(overlay(uuid_send(gen_random_uuid())
               placing substring(int8send(billing.ms_of_time(in_moment)) from 3) from 1 for 6),
               6, 128 + in_kind), 7, billing.local_node_id()), 'hex')::uuid;
$$;
