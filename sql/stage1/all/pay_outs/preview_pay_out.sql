create or replace function billing.preview_pay_out(
    in_account_id     bigint,
    in_amount_minor   bigint,
    in_currency       text,
    in_may_drain      boolean,
    in_tenants        text[] default '{default}',
    out status        text,
    out account_currency text,
    out nodes         integer[],
    out parts_minor   bigint[],
    out spendable_minor   numeric,
    out stranded_minor    numeric,
    out unreachable_nodes integer[]
)
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.preview_pay_out(5)
--
--   The plan of a pay-out as it would be made now. Moves nothing and promises
--   nothing: the other parts are replicas.
--
-- Parameters
--   in_tenants  as of billing.get_account
-- Returns
--   status  account_not_found · account_deleted · currency_mismatch · account_frozen · planned
--   nodes, parts_minor  who would give what, this node first come first, none of
--                       them zero; they cover the amount or not
-- ---------------------------------------------------------------------------
declare
    account accounts;
    own     bigint;
begin
    select * into account from accounts where id = in_account_id and (in_tenants is null or tenant = any (in_tenants));
    account_currency := account.currency;
    status := case when not found then 'account_not_found'
                   when account.is_deleted then 'account_deleted'
                   when account.currency <> in_currency then 'currency_mismatch'
                   when account.debits_frozen then 'account_frozen'
                   else 'planned' end;
    if status <> 'planned' then
        return;
    end if;
    own := coalesce((select b.balance_minor from account_balances b
                      where b.account_id = in_account_id and b.node_id = local_node_id()), 0);
    with parts as (
        select local_node_id() as node_id, own as balance_minor, true as is_reachable, least(own, in_amount_minor) as part
        union all
        select p.node_id, p.balance_minor, p.is_reachable,
               case when in_may_drain and own < in_amount_minor then least(p.wanted_minor, p.balance_minor) else 0 end
          from plan_drain(in_account_id, greatest(in_amount_minor - own, 1)) p
    )
    select array_agg(p.node_id order by p.node_id) filter (where p.part > 0),
           array_agg(p.part order by p.node_id) filter (where p.part > 0),
           coalesce(sum(p.balance_minor) filter (where p.is_reachable), 0),
           coalesce(sum(p.balance_minor) filter (where not p.is_reachable), 0),
           coalesce(array_agg(p.node_id order by p.node_id) filter (where not p.is_reachable), '{}')
      into nodes, parts_minor, spendable_minor, stranded_minor, unreachable_nodes
      from parts p;
    nodes := coalesce(nodes, '{}');
    parts_minor := coalesce(parts_minor, '{}');
end;
$$;
