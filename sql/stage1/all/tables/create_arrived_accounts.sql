-- Accounts opened elsewhere whose row has arrived here by replication and whose balance row this node has yet to make:
-- noted by the trigger trg_note_arrived_account, worked off by billing.add_missing_balance_rows. Stays at its node.
set role billing_owner;
create table if not exists billing.arrived_accounts (
    account_id  bigint primary key
);
reset role;
