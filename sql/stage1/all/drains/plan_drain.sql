create or replace function billing.plan_drain(
    in_account_id   bigint,
    in_short_minor  bigint,
    in_every_node   boolean default false,
    in_asked        jsonb default '[]'
)
returns table (node_id integer, balance_minor bigint, is_reachable boolean, wanted_minor bigint)
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.plan_drain(4)
--
--   Whom to ask for what this node lacks: in proportion to the replicated
--   balances, in whole units of the currency, the rest from whoever has most to
--   spare. A node behind an open breaker is not asked. Where the replicas do not
--   cover it, and on demand, every reachable node is asked for all of it: the
--   replicas may be old, and only answers prove anything.
--
-- Parameters
--   in_short_minor  above zero
--   in_asked        what others of the same moment want, which is not there for this
--                   one: array of {node_id, wanted_minor}
-- Returns   a row a node other than this one
-- ---------------------------------------------------------------------------
begin
    return query
    with parts as (
        select n.node_id, greatest(0, coalesce(b.balance_minor, 0) - coalesce(o.minor, 0))::bigint as balance_minor,
               not exists (select from node_breakers k
                            where k.node_id = n.node_id and k.open_until > clock_timestamp()) as is_reachable
          from node_config n
          left join account_balances b on b.account_id = in_account_id and b.node_id = n.node_id
          left join (select a.node_id, sum(a.wanted_minor) as minor
                       from jsonb_to_recordset(in_asked) as a (node_id integer, wanted_minor bigint) group by 1) o
                 on o.node_id = n.node_id
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
