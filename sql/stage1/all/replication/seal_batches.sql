create or replace function billing.seal_batches(
    in_limit        integer,
    in_keys_kept    interval default '30 days',
    out sealed      integer,
    out has_more    boolean
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.seal_batches(2)
--
--   Seals this node's own batches, the oldest first, and forgets them: those who
--   send read them in the WAL. What this sees has been committed, so that a seal
--   never arrives before its batches; what it deletes is in no other seal; and a
--   transaction that stays open holds up nobody but itself. Of two at once the
--   second waits for the first and goes on with what that one has left, or ends
--   with 23505, and all is as before. Keys that another node has paid under, too,
--   and commands that it has credited are found then (billing.note_duplicates,
--   billing.note_duplicate_pay_ins).
--
-- Parameters
--   in_limit  about so many entries in the seal, and 500 batches at most: pglogical
--             2.4.2 keeps some memory for each row of a transaction until its end
--   in_keys_kept  how long keys are remembered
-- Returns
--   sealed    batches that are gone; 0: there were none, or somebody else sealed them
--   has_more  of those that this has seen when it began some are left, or may be
-- Locks     rows of batches
-- Writes    seals, batches, duplicate_pay_outs, duplicate_pay_ins
-- ---------------------------------------------------------------------------
declare
    batches_max constant integer := 500;
    self        constant integer := local_node_id();
    chosen      bigint[];
    seen        integer;
    content     record;
    before      record;
    new_at      timestamptz;
begin
    -- What commits from here on is for the next seal.
    with held as materialized (
        select b.id, coalesce(cardinality(b.entry_ids), 0) as count
          from batches b where b.node_id = self order by b.id limit batches_max for update
    )
    select coalesce(array_agg(h.id) filter (where h.before < in_limit), '{}'), count(*)
      into chosen, seen
      from (select h.id, sum(h.count) over (order by h.id) - h.count as before from held h) h;
    with gone as (
        delete from batches b where b.node_id = self and b.id = any (chosen) returning b.*
    ), batch as materialized (
        select g.*, cardinality(g.entry_ids) as count, g.entry_ids[1] as first_id, g.entry_ids[cardinality(g.entry_ids)] as last_id
          from gone g where g.entry_ids is not null
    ), run as (
        -- Ids of a batch ascend, in steps of 64 as all of a node. Sessions take a thousand at a time, so that some jump.
        select b.first_id, int8range(b.first_id, b.last_id + 64) as ids
          from batch b where b.last_id - b.first_id = (b.count - 1) * 64
        union all
        select b.first_id, int8range(min(e.id), max(e.id) + 64)
          from batch b cross join lateral unnest(b.entry_ids) with ordinality as e (id, place)
         where b.last_id - b.first_id <> (b.count - 1) * 64
         group by b.first_id, e.id - e.place * 64
    ), joint as (
        select r.ids, r.first_id,
               lower(r.ids) is distinct from lag(upper(r.ids)) over (order by r.first_id, r.ids) as is_new from run r
    ), range as (
        select int8range(min(lower(j.ids)), max(upper(j.ids))) as ids, j.place
          from (select j.ids, count(*) filter (where j.is_new) over (order by j.first_id, j.ids) as place from joint j) j
         group by j.place
    )
    select (select array_agg(r.ids order by r.place) from range r) as entry_ids, sum(b.count)::integer as count,
           (select array_agg(h) from gone g, unnest(paid_keys(g)) h) as keys,
           (select array_agg(o) from gone g, unnest(g.operation_ids) o where g.operation_type = 'pay_in') as commands,
           string_agg(elements(b.account_ids), ''::bytea order by b.first_id) as account_ids,
           string_agg(elements(b.amounts_minor), ''::bytea order by b.first_id) as amounts_minor,
           string_agg(elements(b.operation_ids), ''::bytea order by b.first_id) as operation_ids,
           string_agg(elements(array_fill(b.created_at, array[b.count])), ''::bytea order by b.first_id) as created_at,
           string_agg(elements(array_fill(b.operation_type::text, array[b.count])), ''::bytea order by b.first_id) as types
      into content from batch b;
    if content.count > 0 then
        -- A statement of its own: with the locks held, so that it sees the seal of whoever held them before.
        select s.number, s.digest into before from seals s where s.node_id = self order by s.number desc limit 1;
        new_at := clock_timestamp();
        insert into seals (number, node_id, sealed_at, entry_ids, entry_count, digest)
        values (coalesce(before.number, 0) + 1, self, new_at, content.entry_ids, content.count,
                seal_digest(before.digest, new_at, content.entry_ids, content.account_ids, content.amounts_minor,
                            content.operation_ids, content.created_at, content.types));
    end if;
    perform note_duplicates(content.keys, in_keys_kept) where content.keys is not null;
    perform note_duplicate_pay_ins(content.commands) where content.commands is not null;
    sealed := cardinality(chosen);
    has_more := sealed < seen or seen = batches_max;
end;
$$;

create or replace function billing.seal_digest(
    in_before           bytea,
    in_sealed_at        timestamptz,
    in_entry_ids        int8range[],
    in_account_ids      bytea,
    in_amounts_minor    bytea,
    in_operation_ids    bytea,
    in_created_at       bytea,
    in_operation_types  bytea
)
returns bytea
language sql
stable
as $$
-- Internal: what a seal says of itself, of its entries, whose elements are in the order of its ranges, and of the seal before
-- (null: it is the first). Not the references: what may have to be erased stands outside. No settings, so that it is inlined.
    select sha256(coalesce(in_before, '') || timestamptz_send(in_sealed_at) || array_send(in_entry_ids) || in_account_ids
                  || in_amounts_minor || in_operation_ids || in_created_at || in_operation_types);
$$;

create or replace function billing.elements(in_array anyarray)
returns bytea
language sql
stable
as $$
-- Internal: the elements of an array of one dimension as PostgreSQL's binary form has them, which is the same everywhere and
-- can be put together: without its 20 bytes of number of dimensions, flags, type, length and lower bound. Inlined, too.
    select substring(array_send(in_array) from 21);
$$;
