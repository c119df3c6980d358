-- Told so, this node serves no apps of the version before any more (billing.schema_version).
insert into billing.completed_upgrades (version)
select billing.newest_schema_version() where :'complete_upgrade' = '1'
on conflict do nothing;
