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
-- Writes    account_balances, batches
-- Raises    –
-- ---------------------------------------------------------------------------
begin
    select max(a.id) into last_id
      from (select id from accounts where id > in_after_id order by id limit in_limit) a;
    added := make_balance_rows(array(
        select a.id from accounts a
         where a.id > in_after_id and a.id <= last_id
           and not exists (select from account_balances b
                            where b.account_id = a.id and b.node_id = local_node_id())));
end;
$$;
