create or replace function billing.open_account_row(in_account_id bigint)
returns billing.accounts
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: the account, for a new operation on it.
-- Raises GB002 not known here, GB003 deleted.
declare
    account accounts;
begin
    select * into account from accounts where id = in_account_id;
    if not found then
        raise exception 'account % is not known here', in_account_id using errcode = 'GB002';
    elsif account.is_deleted then
        raise exception 'account % is deleted', in_account_id using errcode = 'GB003';
    end if;
    return account;
end;
$$;
