create or replace function billing.audit_seals(
    in_node_id      integer,
    in_after        text,
    in_limit        integer,
    out status      text,
    out next_after  text,
    out checked     integer,
    out findings    jsonb
)
language plpgsql
security definer
set search_path = billing, pg_temp
set plan_cache_mode = force_custom_plan
set enable_seqscan = off
as $$
-- ---------------------------------------------------------------------------
-- billing.audit_seals(3)
--
--   Entries of a node, as they are here, against its seals, as they are here: in one
--   statement and so one snapshot, in which a seal's entries have all arrived.
--
--   seal   the numbers have no gap; its entries, and the digest of the seal before,
--          give its digest; at home every entry since the first seal is in one
--
-- Parameters
--   in_node_id  null: this one
--   in_after    a seal's number; '' from the beginning
--   in_limit    about so many entries, one seal at least
-- Returns   as billing.audit_parts; of a seal, subject is seal <number> of node <id>
--           and the figures are how many entries it has, and how many are here
-- ---------------------------------------------------------------------------
declare
    source  constant integer := coalesce(in_node_id, local_node_id());
    after   constant bigint := coalesce(nullif(in_after, '')::bigint, 0);
    seen    record;
begin
    with next as (
        select s.* from seals s where s.node_id = source and s.number > after order by s.number limit in_limit
    ), chosen as materialized (
        select * from (select n.*, sum(n.entry_count) over (order by n.number) - n.entry_count as before from next n) n
         where n.before < in_limit
    ), packed as materialized (
        -- As a rule there are none: nothing waits to be unpacked for much longer than a minute.
        select c.number, p.id, p.account_id, p.amount_minor, p.operation_id, p.created_at, p.operation_type
          from packed_entries p join chosen c on c.entry_ids @> p.id where p.node_id = source
    ), entry as (
        select c.number, l.id, l.account_id, l.amount_minor, l.operation_id, l.created_at, l.operation_type
          from chosen c
         cross join lateral unnest(c.entry_ids) r
         -- offset 0: never one scan of the table for all ranges.
         cross join lateral (select * from transaction_log l
                              where l.node_id = source and l.id >= lower(r) and l.id < upper(r) offset 0) l
        union all
        select * from packed
    ), content as (
        select e.number, count(*), elements(array_agg(e.account_id)) as account_ids,
               elements(array_agg(e.amount_minor)) as amounts_minor, elements(array_agg(e.operation_id)) as operation_ids,
               elements(array_agg(e.created_at)) as created_at, elements(array_agg(e.operation_type::text)) as types
          from (select * from entry e order by e.number, e.id) e group by e.number
    ), finding as (
        select audit_finding('seal', local_node_id(), null, format('seal %s of node %s', c.number, source), c.entry_count,
                             coalesce(t.count, 0),
                             case when b.number is null and c.number > 1 then 'the seal before it is missing'
                                  when t.count is distinct from c.entry_count then 'entries that it has, and are here'
                                  else 'what it says of its entries, or of the seal before, is not so' end) as f
          from chosen c
          left join seals b on b.node_id = source and b.number = c.number - 1
          left join content t on t.number = c.number
         where b.number is null and c.number > 1
            or t.count is distinct from c.entry_count
            or c.digest is distinct from seal_digest(b.digest, c.entry_ids, t.account_ids, t.amounts_minor, t.operation_ids,
                                                     t.created_at, t.types)
    )
    select max(c.number) as last, count(*) as count, coalesce((select jsonb_agg(f) from finding), '[]') as findings,
           min(lower(c.entry_ids)) as lower, max(upper(c.entry_ids)) as upper
      into seen from chosen c;
    status := 'checked';
    checked := seen.count;
    next_after := case when exists (select from seals s where s.node_id = source and s.number > seen.last) then seen.last::text end;
    findings := seen.findings;
    if source = local_node_id() and seen.last is not null then
        findings := findings || find_unsealed(case when after > 0 then seen.lower end,
                                              case when next_after is not null then seen.upper end);
    end if;
end;
$$;

create or replace function billing.find_unsealed(in_from bigint, in_to bigint)
returns jsonb
language sql
stable
set search_path = billing, pg_temp
set enable_seqscan = off
as $$
-- Internal: entries of this node with ids from the one to below the other (null: without bound) that no seal has. What is of
-- before the first seal, or waits to be sealed, is none.
    with gap as (
        select unnest(int8multirange(int8range(in_from, in_to))
                      - coalesce((select range_agg(s.entry_ids) from seals s
                                   where s.node_id = local_node_id() and s.entry_ids && int8range(in_from, in_to)),
                                 '{}')) as ids
    ), waiting as (
        select unnest(b.entry_ids) as id from batches b where b.node_id = local_node_id()
    )
    select coalesce(jsonb_agg(audit_finding('seal', local_node_id(), l.account_id, format('entry %s', l.id), 0, l.amount_minor,
                                            'an entry that no seal has')), '[]')
      from gap g
     cross join lateral (select * from transaction_log l
                          where l.node_id = local_node_id() and l.id >= coalesce(lower(g.ids), -9223372036854775808)
                            and l.id < coalesce(upper(g.ids), 9223372036854775807) offset 0) l
     where l.created_at > (select s.sealed_at from seals s where s.node_id = local_node_id() order by s.number limit 1)
       and not exists (select from waiting w where w.id = l.id);
$$;
