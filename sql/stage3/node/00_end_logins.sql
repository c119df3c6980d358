-- Who has no password any more is out, now that no link needs it: a role whose twin is used, or the twin. billing_peer and
-- billing_replicator themselves, as whom nodes of version 7 come, once the upgrade is complete.
do $$
declare
    ended name[];
begin
    select coalesce(array_agg(r.rolname), '{}') into ended
      from pg_roles r
     where r.rolcanlogin and r.rolname ~ '^billing_' and r.rolname <> 'billing_copier'
       and r.rolname not in (select role_name from pg_temp.logins)
       -- Only nodes that are named in this run: who names some keeps what the others come with.
       and coalesce(substring(r.rolname from '_(\d+)(?:_twin)?$')::integer in (select node_id from pg_temp.peer_nodes), true)
       and (r.rolname not in ('billing_peer', 'billing_replicator') or billing.schema_version() = billing.newest_schema_version());
    for i in 1 .. cardinality(ended) loop
        execute format('alter role %I nologin noreplication password null', ended[i]);
    end loop;
    commit;
    -- Those that are busy first come to their end.
    for round in 1 .. 50 loop
        perform pg_terminate_backend(pid) from pg_stat_activity
          where usename = any (ended) and (state is distinct from 'active' or round = 50);
        exit when not exists (select from pg_stat_activity where usename = any (ended));
        commit;
        perform pg_sleep(0.1);
    end loop;
end $$;
