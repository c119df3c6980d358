create or replace function billing.begin_transfers(
    in_to_node_id  integer,
    in_limit       integer,
    out begun      integer,
    out cancelled  integer
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.begin_transfers(2)
--
--   First step of transfers: debits planned ones here and puts them in transit,
--   in one local commit. Call it for a node that answers: money in transit
--   cannot be spent anywhere, money that is only planned can be spent here.
--
--   A transfer goes whole or not at all: when the balance no longer covers it
--   (and those of the account judged before it), or the account is deleted, it
--   is cancelled, because the plan no longer fits and the money, if any, is as
--   good here. A repeat begins the next ones.
--
--   planned -> in_transit  here       in_transit -> delivered  by
--   planned -> cancelled   here       billing.mark_transfers_delivered
--
-- Parameters
--   in_limit   transfers at most; oldest first
-- Returns    how many were begun and cancelled; both 0: none is planned
-- Locks      rows of transfers (skips locked ones), rows of account_balances in
--            account order
-- Writes     transfers, transaction_log, account_balances
-- Raises     –
-- ---------------------------------------------------------------------------
declare
    self integer := local_node_id();
    due  uuid[];
begin
    due := array(select t.id from transfers t
                  where t.node_id = self and t.to_node_id = in_to_node_id and t.state = 'planned'
                  order by t.updated_at
                  limit in_limit
                    for update skip locked);
    -- Most often: asked each second for each node.
    if cardinality(due) = 0 then
        begun := 0;
        cancelled := 0;
        return;
    end if;
    -- Locked first, so that the next statement sees the balances as they are and stay.
    perform from account_balances b
      where b.node_id = self and b.account_id in (select t.account_id from transfers t
                                                   where t.id = any (due) and t.node_id = self)
      order by b.account_id
        for update;

    with judged as (
        select t.id, t.account_id, t.amount_minor,
               coalesce(sum(t.amount_minor) over (partition by t.account_id order by t.id)
                            <= b.balance_minor and not coalesce(a.is_deleted, false), false) as covered
          from transfers t
          left join account_balances b on b.account_id = t.account_id and b.node_id = self
          left join accounts a on a.id = t.account_id
         where t.id = any (due) and t.node_id = self
    ), entries as (
        insert into transaction_log (account_id, amount_minor, operation_id, node_id, operation_type)
        select account_id, -amount_minor, id, self, 'transfer_out' from judged where covered
    ), debited as (
        update account_balances b set balance_minor = b.balance_minor - s.amount_minor
          from (select account_id, sum(amount_minor) as amount_minor
                  from judged where covered group by account_id) s
         where b.account_id = s.account_id and b.node_id = self
    ), moved as (
        update transfers t
           set state = case when j.covered then 'in_transit' else 'cancelled' end::transfer_state,
               updated_at = now()
          from judged j
         where t.id = j.id and t.node_id = self
    )
    select count(*) filter (where covered), count(*) filter (where not covered)
      into begun, cancelled from judged;
end;
$$;
