set role billing_owner;
create or replace function billing.new_pay_out_id()
returns uuid
language sql
volatile
as $$
-- ---------------------------------------------------------------------------
-- billing.new_pay_out_id()
--
--   A UUID of version 8 (RFC 9562, section 5.8): 48 bits of Unix time in ms, then
--   in the place of version 7's first random bits the node that keeps the
--   pay-out, as hex digits that people can read: tttttttt-tttt-80nn-vxxx-….
--   One expression and no settings, so that PostgreSQL inlines it: 2 µs, not 16.
-- ---------------------------------------------------------------------------
    select encode(set_byte(set_byte(overlay(uuid_send(gen_random_uuid())
               placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
               6, 128), 7, billing.local_node_id()), 'hex')::uuid;
$$;

create or replace function billing.pay_out_node_id(in_pay_out_id uuid)
returns integer
language sql
immutable
as $$
-- The node that keeps a pay-out, as its id tells; null when it is no such id.
    select case when get_byte(uuid_send(in_pay_out_id), 6) = 128
                 and get_byte(uuid_send(in_pay_out_id), 7) between 1 and 63
                then get_byte(uuid_send(in_pay_out_id), 7) end;
$$;

create or replace function billing.in_transit_minor(in_account_id bigint)
returns bigint
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: what of an account is on its way from this node to others. (plpgsql, here and below, keeps
-- its plans: a function in SQL that sets something is planned anew at every call.)
begin
    return (select coalesce(sum(t.amount_minor), 0) from transfers t
             where t.account_id = in_account_id and t.node_id = local_node_id() and t.state = 'in_transit');
end;
$$;

create or replace function billing.plan_drain(
    in_account_id   bigint,
    in_short_minor  bigint,
    in_every_node   boolean default false
)
returns table (node_id integer, balance_minor bigint, is_reachable boolean, wanted_minor bigint)
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.plan_drain(3)
--
--   Whom to ask for what this node lacks: in proportion to the replicated
--   balances, in whole units of the currency, the rest from whoever has most to
--   spare. A node behind an open breaker is not asked. Where the replicas do not
--   cover it, and on demand, every reachable node is asked for all of it: the
--   replicas may be old, and only answers prove anything.
--
-- Parameters
--   in_short_minor  above zero
-- Returns   a row a node other than this one
-- ---------------------------------------------------------------------------
begin
    return query
    with parts as (
        select n.node_id, coalesce(b.balance_minor, 0) as balance_minor,
               not exists (select from node_breakers k
                            where k.node_id = n.node_id and k.open_until > clock_timestamp()) as is_reachable
          from node_config n
          left join account_balances b on b.account_id = in_account_id and b.node_id = n.node_id
         where n.node_id <> local_node_id()
    ), facts as (
        select coalesce(sum(p.balance_minor) filter (where p.is_reachable), 0) as total,
               (select 10::numeric ^ c.exponent from accounts a join currencies c on c.code = a.currency
                 where a.id = in_account_id) as unit
          from parts p
    ), shares as (
        select p.*, in_every_node or f.total < in_short_minor as is_everyone,
               case when p.is_reachable and f.total >= in_short_minor
                    then floor(in_short_minor * p.balance_minor::numeric / nullif(f.total, 0) / f.unit) * f.unit
                    else 0 end as share
          from parts p cross join facts f
    ), spares as (
        select s.*, in_short_minor - sum(s.share) over () as rest,
               case when s.is_reachable then s.balance_minor - s.share else 0 end as spare
          from shares s
    ), running as (
        select s.*, sum(s.spare) over (order by s.spare desc, s.node_id rows unbounded preceding) - s.spare as before
          from spares s
    )
    select r.node_id, r.balance_minor, r.is_reachable,
           case when not r.is_reachable then 0
                when r.is_everyone then in_short_minor
                else r.share + greatest(0, least(r.spare, r.rest - r.before)) end::bigint
      from running r
     order by r.node_id;
end;
$$;

create or replace function billing.preview_pay_out(
    in_account_id     bigint,
    in_amount_minor   bigint,
    in_currency       text,
    in_may_drain      boolean,
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
-- billing.preview_pay_out(4)
--
--   The plan of a pay-out as it would be made now. Moves nothing and promises
--   nothing: the other parts are replicas.
--
-- Returns
--   status  account_not_found · account_deleted · currency_mismatch · planned
--   nodes, parts_minor  who would give what, this node first come first, none of
--                       them zero; they cover the amount or not
-- ---------------------------------------------------------------------------
declare
    account accounts;
    own     bigint;
begin
    select * into account from accounts where id = in_account_id;
    account_currency := account.currency;
    status := case when not found then 'account_not_found'
                   when account.is_deleted then 'account_deleted'
                   when account.currency <> in_currency then 'currency_mismatch'
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
reset role;
