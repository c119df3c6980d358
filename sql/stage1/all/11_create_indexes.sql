-- Indexes beyond the primary keys. Each names the question it answers, or is of the columns that it is named after.
-- Looked for first: "create index if not exists" would wait for all writers of the table, and they for it, at every
-- run on a live node, though there is nothing to do.
set role billing_owner;
select format('create %sindex %I %s', kind, name, definition)
  from (values
    -- One pay-in per command id and one arrival per transfer at a node: exactly once rests on this.
    ('transaction_log_once', 'unique ', $$on billing.transaction_log (operation_id, node_id, operation_type) where operation_type in ('pay_in', 'transfer_in')$$),
    -- History of an account, newest first.
    ('transaction_log_account', '', $$on billing.transaction_log (account_id, created_at)$$),
    -- History of a period: entries arrive in time order, so block ranges suffice.
    ('transaction_log_created_at', '', $$on billing.transaction_log using brin (created_at)$$),
    ('accounts_username', '', $$on billing.accounts (username)$$),
    ('transfers_open', '', $$on billing.transfers (node_id, to_node_id, state, updated_at) where state in ('planned', 'in_transit')$$),
    ('parked_pay_ins_parked_at', '', $$on billing.parked_pay_ins (parked_at)$$),
    ('parked_pay_ins_command', '', $$on billing.parked_pay_ins (command_id)$$),
    -- Those that wait for another node, and those that do not.
    ('parked_pay_ins_home', '', $$on billing.parked_pay_ins (home_node_id) where home_node_id is not null$$),
    ('dead_letters_command', '', $$on billing.dead_letters (command_id)$$),
    ('dead_letters_unpublished', '', $$on billing.dead_letters (recorded_at) where published_at is null$$),
    ('dead_letters_open', '', $$on billing.dead_letters (reason) where state = 'open'$$),
    -- Command ids that are not to be credited; empty as long as nobody has discarded one.
    ('dead_letters_discarded', '', $$on billing.dead_letters (command_id) where state = 'discarded' and command_id is not null$$),
    -- What operators look at, newest first.
    ('dead_letters_recorded_at', '', $$on billing.dead_letters (recorded_at)$$),
    ('dead_letters_account', '', $$on billing.dead_letters (account_id)$$),
    ('dead_letter_acts_message', '', $$on billing.dead_letter_acts (topic, partition_id, message_offset, incarnation)$$),
    ('dead_letter_acts_command', '', $$on billing.dead_letter_acts (command_id)$$),
    ('pay_outs_pending', '', $$on billing.pay_outs (deadline_at) where status = 'pending'$$),
    ('pay_outs_created_at', '', $$on billing.pay_outs using brin (created_at)$$),
    ('pay_out_attempts_pending', 'unique ', $$on billing.pay_out_attempts (pay_out_id) where state = 'pending'$$),
    ('pay_out_attempts_pay_out', '', $$on billing.pay_out_attempts (pay_out_id)$$),
    ('pay_out_attempts_untold', '', $$on billing.pay_out_attempts (started_at) where untold_nodes <> '{}'$$),
    ('reservations_open', '', $$on billing.reservations (coordinator_node_id, deadline_at) where state = 'reserved'$$),
    -- Whose time is over; what is held of an account.
    ('holds_open', '', $$on billing.holds (ends_at) where state = 'open'$$),
    ('hold_parts_held', '', $$on billing.hold_parts (ends_at) where state = 'held'$$),
    ('hold_parts_account', '', $$on billing.hold_parts (account_id) where state = 'held'$$),
    ('hold_captures_account', '', $$on billing.hold_captures (account_id)$$),
    ('hold_operations_hold', '', $$on billing.hold_operations (hold_id)$$),
    ('hold_asks_hold', '', $$on billing.hold_asks (hold_id, node_id)$$),
    ('hold_asks_unanswered', '', $$on billing.hold_asks (node_id, asked_at) where answered_at is null$$),
    -- Money of an account that is on its way from here: part of what a drain may hope for.
    ('transfers_under_way', '', $$on billing.transfers (account_id) where state = 'in_transit'$$),
    ('account_acts_by_time', '', $$on billing.account_acts (acted_at)$$),
    ('dead_letter_acts_by_time', '', $$on billing.dead_letter_acts (acted_at)$$),
    ('account_acts_by_account', '', $$on billing.account_acts (account_id)$$),
    -- Few are deleted: finds the money that is left in them.
    ('accounts_deleted', '', $$on billing.accounts (id) where is_deleted$$),
    ('audit_faults_open', '', $$on billing.audit_faults (walk) where resolved_at is null$$),
    -- A key is used once; the sum of a pay-out's refunds; whose keys are old.
    ('refunds_key_hash', 'unique ', $$on billing.refunds (key_hash)$$),
    ('refunds_pay_out', '', $$on billing.refunds (pay_out_id, created_at)$$),
    ('moved_refunds_open', '', $$on billing.moved_refunds (tried_at) where moved_minor is null$$),
    ('refunds_created_at', '', $$on billing.refunds using brin (created_at)$$),
    -- What was set aside for a pay-out, by its id: the entries of a drain are checked against it.
    ('reservations_pay_out', '', $$on billing.reservations (pay_out_id)$$)
  ) as wanted (name, kind, definition)
 where to_regclass('billing.' || name) is null
\gexec
-- A key is used once per client of a tenant (tables/give_tenants.sql); before version 7, per client.
select format('alter table %s drop constraint %I', conrelid::regclass, conname) from pg_constraint
 where conname in ('account_openings_pkey', 'account_acts_client_id_idempotency_key_key')
\gexec
reset role;
