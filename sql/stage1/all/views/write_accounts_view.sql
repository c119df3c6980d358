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
