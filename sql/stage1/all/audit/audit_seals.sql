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
--   statement and so one snapshot, in which a seal's entries have all arrived. The
--   walk ends with the newest seal of when it began.
--
--   seal   the numbers have no gap; its time and entries, and the digest of the seal
--          before, give its digest
--
-- Parameters
--   in_node_id  null: this one
--   in_after    '' from the beginning, else next_after: a seal's number/the last one's
--   in_limit    about twenty times so many entries, one seal at least: they are read
--               by range, 2.5 µs each
-- Returns   as billing.audit_parts; of a seal, subject is seal <number> of node <id>
--           and the figures are how many entries it has, and how many are here
-- ---------------------------------------------------------------------------
declare
    source   constant integer := coalesce(in_node_id, local_node_id());
    after    constant bigint := coalesce(nullif(split_part(in_after, '/', 1), '')::bigint, 0);
    final    constant bigint := coalesce(nullif(split_part(in_after, '/', 2), '')::bigint,
                                         (select max(s.number) from seals s where s.node_id = source), 0);
    last     bigint;
begin
    with next as (
        select s.* from seals s where s.node_id = source and s.number > after and s.number <= final order by s.number limit in_limit
    ), chosen as materialized (
        select * from (select n.*, sum(n.entry_count) over (order by n.number) - n.entry_count as before from next n) n
         where n.before < in_limit * 20::bigint
    ), range as (
        select c.number, r.ids, r.place from chosen c cross join lateral unnest(c.entry_ids) with ordinality as r (ids, place)
    ), entry as (
        select r.number, r.place, l.id, l.account_id, l.amount_minor, l.operation_id, l.created_at, l.operation_type
          from range r
         -- offset 0: never one scan of the table for all ranges.
         cross join lateral (select * from transaction_log l
                              where l.node_id = source and l.id >= lower(r.ids) and l.id < upper(r.ids) offset 0) l
        union all
        -- What waits to be unpacked: of it, batches with ids in reach alone.
        select r.number, r.place, e.id, e.account_id, e.amount_minor, e.operation_id, b.created_at, b.operation_type
          from arrived_batches b
          join range r on b.entry_count > 0 and r.ids && int8range(b.entry_ids[1], b.entry_ids[b.entry_count], '[]')
         cross join lateral unnest(b.entry_ids, b.account_ids, b.amounts_minor, b.operation_ids)
               as e (id, account_id, amount_minor, operation_id)
         where b.node_id = source and r.ids @> e.id
    ), content as (
        select e.number, count(*), elements(array_agg(e.account_id)) as account_ids,
               elements(array_agg(e.amount_minor)) as amounts_minor, elements(array_agg(e.operation_id)) as operation_ids,
               elements(array_agg(e.created_at)) as created_at, elements(array_agg(e.operation_type::text)) as types
          from (select * from entry e order by e.number, e.place, e.id) e group by e.number
    ), finding as (
        select audit_finding('seal', local_node_id(), null, format('seal %s of node %s', c.number, source), c.entry_count,
                             coalesce(t.count, 0),
                             case when b.number is null and c.number > 1 then 'the seal before it is missing'
                                  when t.count is distinct from c.entry_count then 'entries that it has, and are here'
                                  else 'what it says of itself, of its entries or of the seal before is not so' end) as f
          from chosen c
          left join seals b on b.node_id = source and b.number = c.number - 1
          left join content t on t.number = c.number
         where b.number is null and c.number > 1
            or t.count is distinct from c.entry_count
            or c.digest is distinct from seal_digest(b.digest, c.sealed_at, c.entry_ids, t.account_ids, t.amounts_minor,
                                                     t.operation_ids, t.created_at, t.types)
    )
    select max(c.number), count(*), coalesce((select jsonb_agg(f) from finding), '[]') into last, checked, findings from chosen c;
    status := 'checked';
    next_after := case when last < final then last || '/' || final end;
end;
$$;
