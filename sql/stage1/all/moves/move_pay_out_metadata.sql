-- Metadata of pay-outs that schema version 4 kept with that of pay-ins moves to their own rows, a batch a
-- transaction, while services run: what they still write meanwhile moves with the next run. Where a pay-in
-- bears the id, too, nobody can say whose it is, and it stays. To go with version 7.
set role billing_owner;
do $$
declare
    batch_max constant integer := 500;
    seen_until uuid;
    batch_ends uuid;
begin
    -- Bounded by the table, in order of its key.
    loop
        with batch as materialized (
            select m.operation_id, m.metadata from billing.operation_metadata m
             where seen_until is null or m.operation_id > seen_until
             order by m.operation_id
             limit batch_max
        ), moved as (
            update billing.pay_outs p set metadata = b.metadata::text::json
              from batch b
             where p.id = b.operation_id and p.metadata is null
               and not exists (select from billing.transaction_log l
                                where l.operation_id = p.id and l.node_id = billing.local_node_id()
                                  and l.operation_type = 'pay_in')
            returning p.id
        ), removed as (
            delete from billing.operation_metadata m using moved where m.operation_id = moved.id
        )
        select (array_agg(b.operation_id order by b.operation_id desc))[1] into batch_ends from batch b;
        exit when batch_ends is null;
        seen_until := batch_ends;
        commit;
    end loop;
end $$;
reset role;
