create or replace function billing.pay_out_node_id(in_pay_out_id uuid)
returns integer
language sql
immutable
as $$
-- The node that keeps a pay-out, a charge or a hold, as its id tells; null when it is no such id.
    select case when get_byte(uuid_send(in_pay_out_id), 6) between 128 and 130
                 and get_byte(uuid_send(in_pay_out_id), 7) between 1 and 63
                then get_byte(uuid_send(in_pay_out_id), 7) end;
$$;
