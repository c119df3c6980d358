-- Refuses a server that cannot be a node, and says which setting is wrong.
do $$
declare
    peers  integer := current_setting('billing_setup.node_count')::integer - 1;
    deviations text[] := '{}';
begin
    if current_setting('server_version_num')::integer < 150000 then
        deviations := deviations || format('PostgreSQL is %s, needed: 15 or newer', current_setting('server_version'));
    end if;
    if current_setting('wal_level') <> 'logical' then
        deviations := deviations || 'wal_level must be logical'::text;
    end if;
    if not 'pglogical' = any (regexp_split_to_array(current_setting('shared_preload_libraries'), '[\s,"]+')) then
        deviations := deviations || 'shared_preload_libraries must list pglogical'::text;
    end if;
    if current_setting('track_commit_timestamp') <> 'on' then
        deviations := deviations || 'track_commit_timestamp must be on'::text;
    end if;
    if current_setting('password_encryption') <> 'scram-sha-256' then
        deviations := deviations || 'password_encryption must be scram-sha-256'::text;
    end if;
    if least(current_setting('max_replication_slots')::integer, current_setting('max_wal_senders')::integer) < peers then
        deviations := deviations || format('max_replication_slots and max_wal_senders must be at least %s', peers);
    end if;
    -- Servers since 15.19, 16.15, 17.11 and 18.6 load only the output plugins listed here; older
    -- ones do not know the setting.
    if exists (select from pg_settings where name = 'output_plugin_libraries')
       and not 'pglogical_output' = any (regexp_split_to_array(
            current_setting('output_plugin_libraries'), '[\s,"]+')) then
        deviations := deviations || 'output_plugin_libraries must list pglogical_output'::text;
    end if;
    if cardinality(deviations) > 0 then
        raise exception 'this server cannot be a node: %', array_to_string(deviations, '; ')
            using errcode = 'GB016';
    end if;
end $$;
