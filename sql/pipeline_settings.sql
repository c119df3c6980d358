-- First file of every psql that run_sql.sh starts: hands its variables to DO blocks, which psql
-- does not interpolate. No secret passes here.
select set_config('billing_setup.node_id', :'node_id', false),
       set_config('billing_setup.node_count', :'node_count', false),
       set_config('billing_setup.peer_nodes', :'peer_nodes', false),
       set_config('billing_setup.ssl_mode', :'ssl_mode', false),
       set_config('billing_setup.sync_timeout_s', :'sync_timeout_s', false),
       set_config('billing_setup.complete_upgrade', :'complete_upgrade', false),
       set_config('billing_setup.production', :'production', false);
-- Two runs at once would trip over each other's catalog rows.
select pg_advisory_lock(hashtext('billing run_sql'));
