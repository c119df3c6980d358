-- Indexes beyond the primary keys. Each names the question it answers.
set role billing_owner;

-- One pay-in per command id and one arrival per transfer at a node: exactly once rests on this.
create unique index if not exists transaction_log_once
    on billing.transaction_log (operation_id, node_id, operation_type)
    where operation_type in ('pay_in', 'transfer_in');
-- History of an account, newest first.
create index if not exists transaction_log_account
    on billing.transaction_log (account_id, created_at);
-- History of a period: entries arrive in time order, so block ranges suffice.
create index if not exists transaction_log_created_at
    on billing.transaction_log using brin (created_at);

create index if not exists accounts_username on billing.accounts (username);
create index if not exists transfers_open on billing.transfers (node_id, to_node_id, state, updated_at)
    where state in ('planned', 'in_transit');
create index if not exists parked_pay_ins_parked_at on billing.parked_pay_ins (parked_at);
create index if not exists parked_pay_ins_command on billing.parked_pay_ins (command_id);
create index if not exists dead_letters_command on billing.dead_letters (command_id);
create index if not exists dead_letters_unpublished on billing.dead_letters (recorded_at)
    where published_at is null;
create index if not exists dead_letters_open on billing.dead_letters (reason) where state = 'open';
-- Command ids that are not to be credited; empty as long as nobody has discarded one.
create index if not exists dead_letters_discarded on billing.dead_letters (command_id)
    where state = 'discarded' and command_id is not null;
-- What operators look at, newest first.
create index if not exists dead_letters_recorded_at on billing.dead_letters (recorded_at);
create index if not exists dead_letters_account on billing.dead_letters (account_id);
create index if not exists dead_letter_acts_message
    on billing.dead_letter_acts (topic, partition_id, message_offset, incarnation);
create index if not exists dead_letter_acts_command on billing.dead_letter_acts (command_id);

-- A key is used once per client.
create unique index if not exists pay_outs_key on billing.pay_outs (client_id, idempotency_key);
create index if not exists pay_outs_pending on billing.pay_outs (deadline_at) where status = 'pending';
create index if not exists pay_outs_created_at on billing.pay_outs using brin (created_at);
create unique index if not exists pay_out_attempts_pending on billing.pay_out_attempts (pay_out_id)
    where state = 'pending';
create index if not exists pay_out_attempts_pay_out on billing.pay_out_attempts (pay_out_id);
create index if not exists pay_out_attempts_untold on billing.pay_out_attempts (started_at)
    where untold_nodes <> '{}';
create index if not exists reservations_open on billing.reservations (coordinator_node_id, deadline_at)
    where state = 'reserved';
-- Money of an account that is on its way from here: part of what a drain may hope for.
create index if not exists transfers_under_way on billing.transfers (account_id) where state = 'in_transit';
reset role;
