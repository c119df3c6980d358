-- Which node this database is: said once, at its first setup, and the same ever after.
set role billing_owner;
do $$
declare
    given integer := current_setting('billing_setup.node_id')::integer;
    known integer := (select node_id from billing.node_identity);
begin
    if known is null then
        insert into billing.node_identity (node_id) values (given);
        -- Account ids say their home node (id % 64); entry ids are told apart in the same way.
        execute format('alter sequence billing.account_id_seq increment by 64 start with %s restart', given);
        execute format('alter sequence billing.entry_id_seq increment by 64 start with %s restart', given);
    elsif known <> given then
        raise exception 'this database is node %, and BILLING_NODES calls it node %', known, given
            using errcode = 'GB016';
    end if;
    -- A constant, so that plans and trigger conditions fold it: the row never changes.
    execute format($sql$
        create or replace function billing.local_node_id() returns integer
        language sql immutable parallel safe
        as 'select %s'
    $sql$, given);
end $$;

reset role;
