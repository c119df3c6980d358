-- Least rights, by role, all of them here: who may call, read and write what. Last of the transaction that replaces
-- the functions, so that nobody ever meets one without its grants. Tables are granted to replication alone: every
-- other way in is a function or a view. A function that is not named is internal: the owner's default, no execute
-- for PUBLIC, is set in roles/create_roles.sql, with what the owner needs to make anything at all.
reset role;

-- PUBLIC: nothing. dblink opens connections from inside the server: the owner's functions do, nobody else. pglogical
-- leaves every function of its schema to PUBLIC and rests on USAGE of the schema alone: whoever is let in below may
-- call what is named, and cannot subscribe, drop or reconfigure anything. Of public what is ours; whatever else
-- lives there is not ours to touch.
revoke all on schema billing from public;
-- Tables one by one, and only where something changes: whoever sends rows is told of each table that is touched.
select distinct format('revoke all on %s from public', c.oid::regclass)
  from pg_class c cross join aclexplode(c.relacl) a
 where c.relnamespace = 'billing'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') and a.grantee = 0
\gexec
revoke all on all sequences in schema billing from public;
revoke all on all routines in schema billing from public;
do $$
declare
    signature regprocedure;
begin
    execute format('revoke all on database %I from public', current_database());
    for signature in
        select p.oid from pg_proc p where p.pronamespace = 'pglogical'::regnamespace
        union all
        select p.oid from pg_proc p
         where p.pronamespace = 'public'::regnamespace and p.proowner = 'billing_owner'::regrole
        union all
        select d.objid from pg_depend d join pg_extension e on e.oid = d.refobjid and e.extname = 'dblink'
         where d.classid = 'pg_proc'::regclass and d.deptype = 'e'
        union all
        -- Locks that the holder's can wait for, and large objects, which nobody here has: the server gives both to all.
        select p.oid from pg_proc p
         where p.pronamespace = 'pg_catalog'::regnamespace and p.proname ~ '^(pg_.*advisory.*|lo_.*|loread|lowrite)$'
    loop
        execute format('revoke all on routine %s from public', signature);
    end loop;
    execute format('grant connect on database %I to billing_owner, billing_gateway, billing_ledger_worker, '
                   'billing_coordinator, billing_operator, billing_peer, billing_replicator, billing_copier',
                   current_database());
end $$;

-- billing_owner: what its functions need of others.
do $$
declare
    signature regprocedure;
begin
    for signature in
        select d.objid from pg_depend d join pg_extension e on e.oid = d.refobjid and e.extname = 'dblink'
         where d.classid = 'pg_proc'::regclass and d.deptype = 'e'
           and d.objid::regprocedure::text !~ '^dblink_connect_u'
        union all
        select p.oid from pg_proc p
         where p.pronamespace = 'pg_catalog'::regnamespace and p.proname ~ '^pg_.*advisory'
    loop
        execute format('grant execute on function %s to billing_owner', signature);
    end loop;
end $$;
grant execute on function public.get_encryption_key(), public.get_previous_encryption_key() to billing_owner;
-- Who holds a lock (list_lock_holders) is hidden from whoever may not read what all sessions do.
grant pg_read_all_stats to billing_owner;
grant usage on schema pglogical to billing_owner;
grant execute on function
    pglogical.show_subscription_status(name),
    pglogical.pglogical_gen_slot_name(name, name, name),
    pglogical.alter_subscription_disable(name, boolean),
    pglogical.alter_subscription_enable(name, boolean)
    to billing_owner;
-- Whether a subscription's first copy is complete (list_copies); no column has a DSN.
grant select (sub_id, sub_name) on pglogical.subscription to billing_owner;
grant select (sync_subid, sync_nspname, sync_status) on pglogical.local_sync_status to billing_owner;

-- Every role of an app, of people and of other nodes.
grant usage on schema billing to billing_gateway, billing_ledger_worker, billing_coordinator,
    billing_operator, billing_peer, billing_replicator, billing_copier;
-- Every app compares these at boot.
grant execute on function billing.schema_version(), billing.newest_schema_version(), billing.local_node_id()
    to billing_gateway, billing_ledger_worker, billing_coordinator, billing_operator;
-- And another node, before it calls an upgrade complete.
grant execute on function billing.newest_schema_version() to billing_peer;

-- billing_gateway: reads, and nothing that writes; what clients ask for, what operators look at, and the figures of
-- what pay-ins wait for, so that it is seen while workers are away.
grant execute on function
    billing.get_account(bigint, text[]),
    billing.find_accounts(text, bigint, integer, text[]),
    billing.list_accounts(jsonb, bigint, integer, text[]),
    billing.get_balance(bigint, text[]),
    billing.get_pay_in(uuid, integer, text, integer, bigint, text[]),
    billing.list_transactions(bigint, timestamptz, integer, bigint, integer, text[]),
    billing.list_operations(bigint, billing.operation_key, integer, text[], timestamptz, timestamptz, integer, text[]),
    billing.list_services(),
    billing.describe_services(integer),
    billing.list_copies(),
    billing.list_consumer_offsets(text),
    billing.count_parked_pay_ins(),
    billing.count_dead_letters(text[]),
    billing.count_uncopied_dead_letters(),
    billing.find_dead_letters(billing.dead_letter_state, billing.dead_letter_reason, bigint, uuid, integer,
        timestamptz, text, integer, bigint, integer, text[]),
    billing.show_dead_letter(text, integer, bigint, integer, text[]),
    billing.find_parked_pay_ins(integer, timestamptz, text, integer, bigint, integer, text[]),
    billing.replication_status(),
    billing.list_drains_in_doubt(),
    billing.count_holds(),
    billing.list_breakers(),
    billing.list_node_clocks(),
    billing.list_replication_slots(),
    billing.list_audit_faults(boolean, integer, text[]),
    billing.list_audit_runs(),
    billing.list_money_of_deleted(integer, text[]),
    billing.list_acts(timestamptz, timestamptz, text, text, integer, timestamptz, text, text[]),
    billing.see_positions(integer[], integer[], bigint[], text[], integer[], bigint[])
    to billing_gateway;

-- billing_ledger_worker. Whoever waits for a lock must be able to say for whom.
grant execute on function
    billing.claim_partition(text, integer, text, bigint, bigint),
    billing.apply_pay_ins(text, integer, bigint, bigint, bigint, bigint[], uuid[], bigint[], bigint[],
        text[], text[], integer[], jsonb[], integer[], billing.dead_letter_reason[], text[], bytea,
        integer[], integer[], text[], integer[]),
    billing.halt_unreadable(text, integer, bigint, bigint, bigint, text),
    billing.retry_parked_pay_ins(integer, interval),
    billing.list_unpublished_dead_letters(integer, bigint, integer, timestamptz, text, integer, bigint, integer),
    billing.mark_dead_letters_published(text[], integer[], bigint[], integer[]),
    billing.list_consumer_offsets(text),
    billing.list_lock_holders(interval)
    to billing_ledger_worker;

-- billing_coordinator: accounts, pay-outs, drains and transfers; the node's duties; the auditor; acts on letters,
-- which are its own because it knows the client.
grant execute on function
    billing.open_account(text, text, bytea, text, text, bigint, text),
    billing.delete_account(bigint, text, integer, boolean, text, text[], inet),
    billing.correct_balance(text, text, bytea, bigint, bigint, text, text, text[], inet),
    billing.list_money_of_deleted(integer, text[]),
    billing.get_account(bigint, text[]),
    billing.list_services(),
    billing.describe_services(integer),
    billing.change_catalogue(text, jsonb, text, inet, integer),
    billing.change_account(bigint, text, jsonb, text, text, bytea, text[], inet, integer),
    billing.confirm_at_nodes(bigint, bigint, integer),
    billing.list_priced_services(),
    billing.require_upgraded(text),
    billing.pay_out(text[], text[], bytea[], bigint[], bigint[], text[], boolean[], integer[], text[], text[],
                    integer[], bytea[], text[], jsonb[], jsonb[]),
    billing.get_pay_out(uuid, integer, text[]),
    billing.preview_pay_out(bigint, bigint, text, boolean, text[]),
    billing.hand_over_pay_outs(integer, jsonb, boolean, integer),
    billing.find_arrived_pay_out(integer, text, text, text, bytea[], bigint, bigint, text, text, text),
    billing.hand_over_refund(jsonb, integer),
    billing.undo_duplicates(integer),
    billing.move_refunds(integer, integer),
    billing.count_moved_refunds(),
    billing.hand_over_pay_ins(integer, integer, interval, integer),
    billing.count_duplicates(),
    billing.take_clawbacks(integer),
    billing.make_clawbacks(integer),
    billing.try_clawbacks(uuid[], boolean),
    billing.count_clawbacks(),
    billing.execute_pay_outs(jsonb, boolean),
    billing.authorise_holds(jsonb, boolean),
    billing.begin_hold_operation(jsonb),
    billing.ask_hold_parts(integer[], uuid[], integer, integer),
    billing.hand_over_hold(integer, text, jsonb, integer),
    billing.record_hold_answers(jsonb),
    billing.describe_hold_operation(text, uuid, uuid),
    billing.end_holds(integer, text),
    billing.get_hold(uuid, integer, text[]),
    billing.reject_late_pay_outs(integer),
    billing.forget_pay_outs(interval, integer),
    billing.begin_attempt(uuid),
    billing.reserve(jsonb),
    billing.reserve_at_nodes(jsonb, integer),
    billing.decide_drain(uuid, jsonb, integer[], boolean),
    billing.decide_drains(jsonb),
    billing.tell_decisions(integer, integer, integer),
    billing.mark_told(integer, uuid[]),
    billing.list_late_attempts(integer),
    billing.visit_node(integer, integer),
    billing.see_duties(),
    billing.close_by_replicas(integer),
    billing.ask_decisions(integer, integer, integer),
    billing.close_reservations(jsonb),
    billing.begin_transfers(integer, integer),
    billing.deliver_transfers(integer, integer, integer),
    billing.mark_transfers_delivered(uuid[], uuid[]),
    billing.count_open_transfers(),
    billing.add_missing_balance_rows(integer),
    billing.sweep_missing_balance_rows(bigint, integer),
    billing.unpack_batches(integer, interval),
    billing.seal_batches(integer, interval),
    billing.beat(),
    billing.hold_node(text, bigint, integer),
    billing.probe_node(integer, integer),
    billing.list_copies(),
    billing.replication_status(),
    billing.restart_subscription(integer),
    billing.list_drains_in_doubt(),
    billing.count_holds(),
    billing.list_breakers(),
    billing.list_node_clocks(),
    billing.list_replication_slots(),
    billing.list_lock_holders(interval),
    billing.remember_offsets(),
    billing.record_audit(text, boolean, text, bigint, jsonb, boolean, boolean, bigint),
    billing.show_dead_letter(text, integer, bigint, integer, text[]),
    billing.replay_dead_letter(text, integer, bigint, integer, text, text, bigint, bigint, text, text, jsonb,
        billing.dead_letter_reason, text, text[], inet, integer),
    billing.correct_dead_letter(text, integer, bigint, integer, text, text, uuid, uuid, bigint, bigint, text, text,
        jsonb, text[], inet),
    billing.discard_dead_letter(text, integer, bigint, integer, text, text, text[], inet),
    billing.list_parked_to_retry(integer, text[]),
    billing.retry_parked_pay_in(text, integer, bigint, integer, text, text, text[], inet),
    billing.discard_parked_pay_in(text, integer, bigint, integer, text, text, text[], inet)
    to billing_coordinator;

-- Who may audit: the coordinator's auditor and operators.
grant execute on function
    billing.audit_parts(text, integer),
    billing.audit_entries(text, integer),
    billing.audit_pay_outs(text, integer),
    billing.audit_drains(text, integer),
    billing.audit_holds(text, integer),
    billing.audit_states(text, integer),
    billing.audit_doubt(integer, integer),
    billing.audit_offsets(),
    billing.audit_transfers(integer, text, integer, integer),
    billing.audit_arrivals(text, integer, integer),
    billing.audit_decisions(integer, text, integer, integer),
    billing.audit_captures(integer, text, integer, integer),
    billing.audit_copies(integer, text, text, integer, integer),
    billing.audit_seals(integer, text, integer),
    billing.list_audit_faults(boolean, integer, text[]),
    billing.list_audit_runs(),
    billing.count_audit_faults()
    to billing_coordinator, billing_operator;

-- billing_operator: people with psql and the command line. Of letters they look only, so that no act is without a
-- client; an entry alone is for repair, by the superuser. The views are written through views/, whose functions
-- keep the invariants.
grant execute on function
    public.add_account(text, text),
    public.add_account_balance(bigint, numeric, int),
    public.delete_account(bigint, boolean, text),
    public.correct_balance(bigint, numeric, int, text),
    public.deposit_balance(bigint, numeric, int),
    public.withdraw_balance(bigint, numeric, int),
    public.send_transfers(int),
    billing.list_money_of_deleted(integer, text[]),
    billing.list_account_acts(bigint, integer),
    billing.list_acts(timestamptz, timestamptz, text, text, integer, timestamptz, text, text[]),
    billing.accept_offset(text, integer, bigint, text),
    billing.list_consumer_offsets(text),
    billing.find_dead_letters(billing.dead_letter_state, billing.dead_letter_reason, bigint, uuid, integer,
        timestamptz, text, integer, bigint, integer, text[]),
    billing.count_found_dead_letters(billing.dead_letter_state, billing.dead_letter_reason, bigint, text[]),
    billing.show_dead_letter(text, integer, bigint, integer, text[]),
    billing.find_parked_pay_ins(integer, timestamptz, text, integer, bigint, integer, text[]),
    billing.count_parked_pay_ins(),
    billing.count_dead_letters(text[]),
    billing.count_uncopied_dead_letters(),
    billing.replication_status(),
    billing.list_drains_in_doubt(),
    billing.find_drains_in_doubt(integer),
    billing.count_holds(),
    billing.list_breakers(),
    billing.list_node_clocks(),
    billing.list_replication_slots(),
    billing.list_lock_holders(interval),
    billing.count_entries(bigint[], billing.operation_type),
    billing.audit_sums(bigint, bigint, integer)
    to billing_operator;
grant select on public.accounts, public.services, public.account_balances, public.transaction_log to billing_operator;
grant insert, update on public.accounts, public.account_balances to billing_operator;
grant insert, update, delete on public.services to billing_operator;

-- billing_peer: what other nodes' coordinators and auditors ask for over dblink.
grant execute on function
    billing.delete_home_account(bigint, text, text, numeric, inet, jsonb),
    billing.change_home_catalogue(text, jsonb, text, inet),
    billing.change_home_account(bigint, text, jsonb, text, text, bytea, inet),
    billing.confirm_account_state(bigint, bigint, integer),
    billing.part_of_account(bigint),
    billing.receive_transfers(uuid[], bigint[], bigint[]),
    billing.take_transfers(uuid[], bigint[], bigint[], boolean),
    billing.reserve_within(jsonb, integer),
    billing.reserve_holds_within(jsonb, integer),
    billing.authorise_holds(jsonb, boolean),
    billing.execute_hold(jsonb),
    billing.execute_hold_operation(jsonb),
    billing.hear_hold_asks(jsonb),
    billing.describe_hold(uuid),
    billing.close_reservations(jsonb),
    billing.drain_decisions_of(uuid[], integer),
    billing.describe_pay_out(uuid),
    billing.execute_pay_outs(jsonb, boolean),
    billing.execute_drain(jsonb),
    billing.refund_pay_out(jsonb),
    billing.take_moved_refunds(jsonb),
    billing.execute_pay_ins(jsonb),
    billing.transfers_credited(uuid[]),
    billing.transfers_sent(uuid[], integer),
    billing.reservations_held(uuid[]),
    billing.captures_of(integer, uuid, uuid),
    billing.digests(text, text, integer, text[])
    to billing_peer;

-- billing_replicator: what a subscriber asks its provider; streaming itself needs the attribute REPLICATION and no
-- grant. Its tables stand below.
grant usage on schema pglogical to billing_replicator;
grant select on pglogical.tables to billing_replicator;
grant execute on function
    pglogical.pglogical_node_info(),
    pglogical.show_repset_table_info(regclass, text[]),
    pglogical.table_data_filtered(anyelement, regclass, text[])
    to billing_replicator;

-- billing_copier: what a first copy does: insert into the replicated tables, quietly and under the provider's origin.
-- The tables of both: those that stage1/node/00_setup_replication.sql replicates.
select format('grant %s on billing.%I to %I', act, name, role)
  from (values ('select', 'billing_replicator'), ('insert', 'billing_copier')) as v (act, role)
 cross join unnest('{accounts,services,service_prices,account_balances,transaction_log,transfers,drain_decisions,node_heartbeats,batches,seals,duplicate_pay_outs,duplicate_pay_ins,clawbacks}'::text[]) name
 where not has_table_privilege(role, 'billing.' || name, act)
\gexec
grant set on parameter session_replication_role to billing_copier;
-- Of what it inserts an index is made (tables/keep_operations.sql).
grant execute on function billing.ms_of_time(timestamptz), billing.ms_of_id(uuid),
    billing.operation_ms(billing.operation_type, uuid, timestamptz), billing.is_spread(billing.operation_type, uuid, timestamptz)
    to billing_copier;
grant execute on function pg_catalog.pg_replication_origin_session_setup(text),
    pg_catalog.pg_replication_origin_session_reset() to billing_copier;
