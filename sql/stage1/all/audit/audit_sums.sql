create or replace function billing.audit_sums(in_after bigint, in_last bigint, in_limit integer)
returns table (
    account_id     bigint,
    balance_minor  numeric,
    brought_minor  numeric,
    paid_minor     numeric,
    entries        bigint,
    open           bigint
)
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.audit_sums(3)
--
--   This node's share of the sum that must hold over all nodes, for accounts after
--   in_after up to in_last (null: to the end), in_limit at most (null: all). Over
--   nodes read at different moments it proves nothing; npx billing verify reads every
--   node twice, and takes an account that has not changed in between.
--
-- Returns, in order of account
--   balance_minor  this node's part, and what holds hold of it
--   brought_minor  its entries pay_in, deposit, opening and correction
--   paid_minor     committed pay-outs that this node keeps, and what was captured of its parts, less what was refunded of
--                  these pay-outs and of captures of holds that it keeps
--   entries        how many entries it has
--   open           what is under way here: pending pay-outs, attempts pending or not
--                  told, reservations open, transfers in transit. 0: at rest
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    self constant integer := local_node_id();
    upto bigint;
begin
    upto := (select max(c.account_id) from (select b.account_id from account_balances b
              where b.node_id = self and b.account_id > in_after and b.account_id <= coalesce(in_last, minor_max())
              order by b.account_id limit in_limit) c);
    return query
    select b.account_id, b.balance_minor::numeric + b.held_minor, coalesce(e.brought, 0), coalesce(p.paid, 0) + coalesce(c.paid, 0), coalesce(e.count, 0),
           coalesce(p.pending, 0) + coalesce(o.count, 0)
      from account_balances b
      left join (select l.account_id, count(*),
                        sum(l.amount_minor) filter (where l.operation_type in ('pay_in', 'deposit', 'opening', 'correction')) as brought
                   from transaction_log l
                  where l.account_id > in_after and l.account_id <= upto and l.node_id = self group by 1) e
             on e.account_id = b.account_id
      left join (select p.account_id, sum(case p.status when 'committed' then p.amount_minor - p.refunded_minor when 'held' then -p.refunded_minor end) as paid,
                        count(*) filter (where p.status = 'pending') as pending
                   from pay_outs p where p.account_id > in_after and p.account_id <= upto group by 1) p
             on p.account_id = b.account_id
      left join (select c.account_id, sum(c.amount_minor) as paid from hold_captures c
                  where c.account_id > in_after and c.account_id <= upto group by 1) c
             on c.account_id = b.account_id
      left join (select u.account_id, count(*)
                   from (select a.account_id from pay_out_attempts a where a.state = 'pending'
                         union all
                         select a.account_id from pay_out_attempts a where a.untold_nodes <> '{}'
                         union all
                         select r.account_id from reservations r where r.state = 'reserved'
                         union all
                         select t.account_id from transfers t where t.node_id = self and t.state = 'in_transit') u group by 1) o
             on o.account_id = b.account_id
     where b.node_id = self and b.account_id > in_after and b.account_id <= upto
     order by b.account_id;
end;
$$;
