-- What can be written through the views of 13, as people did when they were tables, without leaving an invariant:
-- each write becomes a call of the function that keeps it. What none can keep is refused and says what to call.
set role billing_owner;
create or replace function billing.refuse_view_write(in_view text, in_why text, in_hint text)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: raises GB021, saying why a view cannot be written this way and what does it instead.
begin
    raise exception '%: %', in_view, in_why using errcode = 'GB021', hint = in_hint;
end;
$$;

create or replace function billing.write_accounts_view()
returns trigger
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- Trigger on the view public.accounts.
--
--   INSERT  add_account: a new account of this node, with its balance row. The id
--           is the node's to give
--   UPDATE  of username, at the account's home; of is_deleted to true: delete_account
--
-- Raises    GB021 an id, another currency, a deletion taken back
--           GB004 username at another node than its home
--           what billing.create_account and delete_account raise
-- ---------------------------------------------------------------------------
begin
    if tg_op = 'INSERT' then
        if new.id is not null then
            perform refuse_view_write('accounts', 'an account gets its id from its node',
                                      'Leave id out: insert … returning id tells it.');
        elsif coalesce(new.is_deleted, false) then
            perform refuse_view_write('accounts', 'no account begins as deleted', 'Leave is_deleted out.');
        end if;
        new.currency := coalesce(new.currency, 'USD');
        new.is_deleted := false;
        new.id := create_account(new.username, new.currency);
        return new;
    end if;

    if new.id is distinct from old.id or new.currency is distinct from old.currency then
        perform refuse_view_write('accounts', 'an account keeps its id and its currency', 'Add another account.');
    elsif old.is_deleted and not new.is_deleted then
        perform refuse_view_write('accounts', 'a deletion is final', 'Add another account.');
    elsif coalesce(btrim(new.username), '') = '' then
        raise exception 'an account needs a name' using errcode = 'GB008';
    end if;
    if new.username <> old.username then
        update accounts set username = new.username where id = old.id;
    end if;
    if new.is_deleted and not old.is_deleted then
        perform public.delete_account(old.id);
    end if;
    return new;
end;
$$;

create or replace function billing.write_services_view()
returns trigger
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- Trigger on the view public.services: INSERT (id may be left out), UPDATE and
-- DELETE at node 1, the catalogue's home, with prices in major units.
--
-- Locks     services, against other writers of the catalogue, when an id is chosen
-- Raises    GB001 a price below zero or with too many decimals
--           GB004 at another node      GB005 unknown currency
--           GB021 another id for a service that is there
-- ---------------------------------------------------------------------------
declare
    asked_minor bigint;
begin
    if tg_op = 'DELETE' then
        delete from services where id = old.id;
        return old;
    end if;
    asked_minor := to_minor(new.price, new.currency);
    if asked_minor < 0 then
        raise exception 'a price is not below zero, as % is', new.price using errcode = 'GB001';
    end if;
    if tg_op = 'INSERT' then
        if new.id is null then
            lock table services in share row exclusive mode;
            new.id := (select coalesce(max(id), 0) + 1 from services);
        end if;
        insert into services (id, name, price_minor, currency) values (new.id, new.name, asked_minor, new.currency);
        return new;
    end if;
    if new.id is distinct from old.id then
        perform refuse_view_write('services', 'a service keeps its id', 'Insert another service.');
    end if;
    update services set name = new.name, price_minor = asked_minor, currency = new.currency
     where id = old.id;
    return new;
end;
$$;

create or replace function billing.write_account_balances_view()
returns trigger
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- Trigger on the view public.account_balances. A balance is the sum of its
-- entries, so money comes in by an entry, and does not go by an UPDATE: a
-- withdrawal commits on its own, which no row of a view can do.
--
--   INSERT  this node's row of an account; what is in it is a deposit
--   UPDATE  of balance, upwards: the difference is a deposit, whatever else
--           has changed the balance meanwhile
--   DELETE  refused: with n nodes an account has n rows
--
-- Raises    GB021 downwards, another key, DELETE      23505 the row is there
--           what deposit_balance raises
-- ---------------------------------------------------------------------------
declare
    account  accounts;
    added    numeric;
begin
    if tg_op = 'DELETE' then
        perform refuse_view_write('account_balances', 'an account keeps its row at each node',
                                  'withdraw_balance empties it, delete_account ends the account.');
    elsif tg_op = 'INSERT' then
        perform require_local_node(new.node_id);
        account := open_account_row(new.account_id);
        added := coalesce(new.balance, 0);
        if added < 0 then
            raise exception 'account % cannot begin with %', new.account_id, added using errcode = 'GB006';
        end if;
        insert into account_balances (account_id, node_id) values (new.account_id, new.node_id);
        new.balance := to_major(to_minor(added, account.currency), account.currency);
    elsif (new.account_id, new.node_id) is distinct from (old.account_id, old.node_id) then
        perform refuse_view_write('account_balances', 'a row keeps its account and its node',
                                  'Money moves by deposit_balance and withdraw_balance.');
    else
        added := new.balance - old.balance;
        if added is null or added < 0 then
            perform refuse_view_write('account_balances', 'a balance goes down by an entry only',
                                      'withdraw_balance(account_id, amount, node_id) pays out.');
        end if;
    end if;
    if added > 0 then
        perform public.deposit_balance(new.account_id, added, new.node_id);
    end if;
    return new;
end;
$$;

create or replace function billing.write_transaction_log_view()
returns trigger
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- Trigger on the view public.transaction_log: INSERT is log_transaction, which
-- refuses an entry that would put log and balance at odds.
--
-- Raises    GB021 an id or a moment is given
--           what log_transaction raises
-- ---------------------------------------------------------------------------
begin
    if new.id is not null or new.created_at is not null then
        perform refuse_view_write('transaction_log', 'an entry gets its id and its moment when it is written',
                                  'Leave id and created_at out.');
    end if;
    perform public.log_transaction(new.account_id, new.node_id, new.operation_type, new.amount);
    return new;
end;
$$;

create or replace trigger trg_write
    instead of insert or update on public.accounts
    for each row execute function billing.write_accounts_view();
create or replace trigger trg_write
    instead of insert or update or delete on public.services
    for each row execute function billing.write_services_view();
create or replace trigger trg_write
    instead of insert or update or delete on public.account_balances
    for each row execute function billing.write_account_balances_view();
create or replace trigger trg_write
    instead of insert on public.transaction_log
    for each row execute function billing.write_transaction_log_view();
-- As on the tables themselves (10).
create or replace trigger trg_append_only
    instead of update or delete on public.transaction_log
    for each row execute function billing.refuse_change();
create or replace trigger trg_prevent_account_deletion
    instead of delete on public.accounts
    for each row execute function public.prevent_account_deletion();
reset role;
