-- pglogical leaves every function of its schema to PUBLIC and rests on USAGE of the schema alone.
-- Whoever is let in here may call what is named, and cannot subscribe, drop or reconfigure anything.
do $$
declare
    signature regprocedure;
begin
    for signature in select oid::regprocedure from pg_proc where pronamespace = 'pglogical'::regnamespace loop
        execute format('revoke all on function %s from public', signature);
    end loop;
end $$;

grant usage on schema pglogical to billing_owner, billing_replicator;
grant execute on function
    pglogical.show_subscription_status(name),
    pglogical.pglogical_gen_slot_name(name, name, name),
    pglogical.alter_subscription_disable(name, boolean),
    pglogical.alter_subscription_enable(name, boolean)
    to billing_owner;
-- Whether a subscription's first copy is complete (19_list_copies.sql); no column has a DSN.
grant select (sub_id, sub_name) on pglogical.subscription to billing_owner;
grant select (sync_subid, sync_nspname, sync_status) on pglogical.local_sync_status to billing_owner;

-- What a subscriber asks its provider; streaming itself needs the attribute REPLICATION and no grant.
grant select on pglogical.tables to billing_replicator;
grant execute on function
    pglogical.pglogical_node_info(),
    pglogical.show_repset_table_info(regclass, text[]),
    pglogical.table_data_filtered(anyelement, regclass, text[])
    to billing_replicator;
