-- Told so, or set up anew with all the others, this node serves no apps of the version before any more (billing.schema_version), and may write what only this
-- version understands: refused while a node is behind, or cannot be asked, or does not get all of it yet.
do $$
declare
    newest  constant integer := billing.newest_schema_version();
    peer    integer;
    is_told constant boolean := current_setting('billing_setup.complete_upgrade') = '1';
    unsent  text;
    version integer;
begin
    if not is_told and not exists (select from billing.completed_upgrades c where c.version = 0) then
        return;
    end if;
    select string_agg(u.relation::text, ', ' order by u.relation::text) into unsent from billing.list_unsent() u;
    if unsent is not null then
        raise exception 'the upgrade is not complete: % not sent as this version wants it', unsent using errcode = 'GB016';
    end if;
    for peer in select node_id from billing.node_config where node_id <> billing.local_node_id() order by node_id loop
        begin
            version := billing.query_node(public.connect_to_node(peer), 'select billing.newest_schema_version()::text')::integer;
        exception when others then
            raise exception 'the upgrade is not complete as far as is known: node % cannot be asked for its version (%)', peer, sqlerrm
                using errcode = 'GB016';
        end;
        if version < newest then
            raise exception 'the upgrade is not complete: node % has version %, this is %', peer, version, newest
                using errcode = 'GB016';
        end if;
    end loop;
    if exists (select from pg_stat_activity where usename = 'billing_replicator') then
        raise exception 'the upgrade is not complete: a node still comes as billing_replicator, as nodes of version 7 do'
            using errcode = 'GB016', hint = 'Run this for all nodes: each then comes under its own name.';
    end if;
    insert into billing.completed_upgrades (version) values (newest) on conflict do nothing;
    delete from billing.completed_upgrades c where c.version = 0;
exception when sqlstate 'GB016' then
    if is_told then
        raise;
    end if;
end $$;
