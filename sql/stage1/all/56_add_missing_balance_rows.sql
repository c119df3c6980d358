-- A node creates its own balance rows itself. For accounts opened elsewhere it learns of them by
-- replication: a trigger enabled for replicas notes each one in a table of this node, and
-- billing.add_missing_balance_rows works that off. Looking costs nothing while nothing arrives,
-- however many accounts there are. The sweep finds what a trigger could not see (a restored copy).
set role billing_owner;
create table if not exists billing.arrived_accounts (
    account_id  bigint primary key
);

create or replace function billing.note_arrived_account()
returns trigger
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- Trigger, under apply only. It must never fail: that would stop replication. BEFORE, because an
-- AFTER row trigger makes pglogical 2.4 log a relcache leak for every row it applies.
begin
    insert into arrived_accounts (account_id) values (new.id) on conflict do nothing;
    return new;
end;
$$;

create or replace trigger trg_note_arrived_account
    before insert on billing.accounts
    for each row execute function billing.note_arrived_account();
alter table billing.accounts enable replica trigger trg_note_arrived_account;

create or replace function billing.add_missing_balance_rows(in_limit integer)
returns integer
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.add_missing_balance_rows(1)
--
--   Makes this node's balance rows of accounts that arrived by replication.
--
-- Returns   how many accounts were taken care of; below in_limit: all
-- Locks     rows of arrived_accounts (skips locked ones), account_balances in
--           account order
-- Writes    arrived_accounts, account_balances
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    taken bigint[];
begin
    with arrived as (
        delete from arrived_accounts
         where account_id in (select account_id from arrived_accounts
                               order by account_id limit in_limit for update skip locked)
        returning account_id
    )
    select coalesce(array_agg(account_id order by account_id), '{}') into taken from arrived;
    insert into account_balances (account_id, node_id)
    select account_id, local_node_id() from unnest(taken) as t (account_id) order by account_id
    on conflict do nothing;
    return cardinality(taken);
end;
$$;

create or replace function billing.sweep_missing_balance_rows(
    in_after_id  bigint,
    in_limit     integer,
    out last_id  bigint,
    out added    integer
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.sweep_missing_balance_rows(2)
--
--   The same for the next in_limit accounts after an id, looking at each. Made
--   once when a coordinator becomes the node's holder.
--
-- Returns   last_id  go on after it; null: that was the last account
-- Writes    account_balances
-- Raises    –
-- ---------------------------------------------------------------------------
begin
    select max(a.id) into last_id
      from (select id from accounts where id > in_after_id order by id limit in_limit) a;
    insert into account_balances (account_id, node_id)
    select a.id, local_node_id()
      from accounts a
     where a.id > in_after_id and a.id <= last_id
       and not exists (select from account_balances b
                        where b.account_id = a.id and b.node_id = local_node_id())
     order by a.id
    on conflict do nothing;
    get diagnostics added = row_count;
end;
$$;
reset role;
