create or replace function billing.schema_version()
returns integer
language sql stable
security definer
set search_path = billing, pg_temp
as $$
-- The oldest version of apps that this node serves, which they compare at boot: that before the newest, whose functions
-- are still there, until the upgrade is said to be complete (BILLING_COMPLETE_UPGRADE of run_sql.sh, docs/upgrade.md).
    select case when exists (select from completed_upgrades where version = newest_schema_version())
                then newest_schema_version() else newest_schema_version() - 1 end
$$;
