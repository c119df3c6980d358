set role billing_owner;
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
--   A transfer goes whole or not at all: when the balance no longer covers it,
--   or the account is deleted, it is cancelled, because the plan no longer fits
--   and the money, if any, is as good here. A repeat begins the next ones.
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
    self    integer := local_node_id();
    planned record;
    covered boolean;
begin
    begun := 0;
    cancelled := 0;
    for planned in
        with due as (
            select t.id, t.account_id, t.amount_minor
              from transfers t
             where t.node_id = self and t.to_node_id = in_to_node_id and t.state = 'planned'
             order by t.updated_at
             limit in_limit
               for update skip locked
        )
        select due.*, coalesce(a.is_deleted, false) as account_deleted
          from due left join accounts a on a.id = due.account_id
         order by due.account_id, due.id
    loop
        covered := false;
        if not planned.account_deleted then
            update account_balances b
               set balance_minor = b.balance_minor - planned.amount_minor
             where b.account_id = planned.account_id and b.node_id = self
               and b.balance_minor >= planned.amount_minor;
            covered := found;
        end if;
        if covered then
            insert into transaction_log (account_id, amount_minor, operation_id, node_id, operation_type)
            values (planned.account_id, -planned.amount_minor, planned.id, self, 'transfer_out');
            begun := begun + 1;
        else
            cancelled := cancelled + 1;
        end if;
        update transfers t
           set state = case when covered then 'in_transit' else 'cancelled' end::transfer_state,
               updated_at = now()
         where t.id = planned.id and t.node_id = self;
    end loop;
end;
$$;
reset role;
