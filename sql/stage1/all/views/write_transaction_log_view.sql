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
