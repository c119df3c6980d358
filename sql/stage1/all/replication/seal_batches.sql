create or replace function billing.seal_batches(
    in_limit        integer,
    out sealed      integer,
    out has_more    boolean
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.seal_batches(1)
--
--   Seals this node's own batches, the oldest first, and forgets them: those who
--   send read them in the WAL. What this sees has been committed, so that a seal
--   never arrives before its batches; what it deletes is in no other seal; and a
--   transaction that stays open holds up nobody but itself. Of two at once the
--   second waits for the first, and goes on with what that one has left.
--
-- Parameters
--   in_limit  about so many entries in the seal, and 500 batches at most: pglogical
--             2.4.2 keeps some memory for each row of a transaction until its end
-- Returns
--   sealed    batches that are gone; 0: there were none, or somebody else sealed them
--   has_more  of those that this has seen, some are left
-- Locks     rows of batches
-- Writes    seals, batches
-- ---------------------------------------------------------------------------
declare
    self    constant integer := local_node_id();
    locked  bigint[];
    chosen  bigint[];
    content record;
    last    record;
begin
    -- What commits from here on is for the next seal.
    locked := array(select b.id from batches b where b.node_id = self order by b.id limit 500 for update);
    chosen := array(
        select b.id
          from (select b.id, sum(coalesce(cardinality(b.entry_ids), 0)) over (order by b.id) - coalesce(cardinality(b.entry_ids), 0) as before
                  from batches b where b.node_id = self and b.id = any (locked)) b
         where b.before < in_limit order by b.id);
    with gone as (
        delete from batches b where b.node_id = self and b.id = any (chosen) returning b.*
    ), batch as materialized (
        select g.*, cardinality(g.entry_ids) as count, g.entry_ids[1] as first_id, g.entry_ids[cardinality(g.entry_ids)] as last_id
          from gone g where g.entry_ids is not null
    ), neighbour as (
        select b.first_id > lag(b.last_id, 1, 0::bigint) over (order by b.first_id)
               and b.last_id - b.first_id = (b.count - 1) * 64 as is_apart
          from batch b
    ), entry as materialized (
        -- None, as a rule: ids of a batch ascend, in steps of 64 as all of a node, and unless two calls took theirs at once they are
        -- a range of their own.
        select e.*, b.created_at, b.operation_type::text, row_number() over (order by e.id) as place
          from batch b
         cross join lateral unnest(b.entry_ids, b.account_ids, b.amounts_minor, b.operation_ids)
               as e (id, account_id, amount_minor, operation_id)
         where exists (select from neighbour n where not n.is_apart)
         order by e.id
    ), whole as (
        select range_agg(int8range(b.first_id, b.last_id + 64)) as entry_ids, sum(b.count) as count,
               string_agg(elements(b.account_ids), ''::bytea order by b.first_id) as account_ids,
               string_agg(elements(b.amounts_minor), ''::bytea order by b.first_id) as amounts_minor,
               string_agg(elements(b.operation_ids), ''::bytea order by b.first_id) as operation_ids,
               string_agg(elements(array_fill(b.created_at, array[b.count])), ''::bytea order by b.first_id) as created_at,
               string_agg(elements(array_fill(b.operation_type::text, array[b.count])), ''::bytea order by b.first_id) as types
          from batch b where not exists (select from neighbour n where not n.is_apart)
        union all
        select (select range_agg(i.ids) from (select int8range(min(e.id), max(e.id) + 64) as ids from entry e group by e.id - e.place * 64) i),
               count(*), elements(array_agg(e.account_id)), elements(array_agg(e.amount_minor)), elements(array_agg(e.operation_id)),
               elements(array_agg(e.created_at)), elements(array_agg(e.operation_type))
          from entry e
    )
    select w.* into content from whole w where w.count > 0;
    if content.count > 0 then
        -- A statement of its own: with the locks held, so that it sees the seal of whoever held them before.
        select s.number, s.digest into last from seals s where s.node_id = self order by s.number desc limit 1;
        insert into seals (number, node_id, entry_ids, entry_count, digest)
        values (coalesce(last.number, 0) + 1, self, content.entry_ids, content.count,
                seal_digest(last.digest, content.entry_ids, content.account_ids, content.amounts_minor, content.operation_ids,
                            content.created_at, content.types));
    end if;
    sealed := cardinality(chosen);
    has_more := exists (select from batches b where b.node_id = self and b.id > chosen[sealed]);
end;
$$;

create or replace function billing.seal_digest(
    in_before           bytea,
    in_entry_ids        int8multirange,
    in_account_ids      bytea,
    in_amounts_minor    bytea,
    in_operation_ids    bytea,
    in_created_at       bytea,
    in_operation_types  bytea
)
returns bytea
language sql
immutable
as $$
-- Internal: what a seal says of its entries, their elements in order of id, and of the seal before (null: it is the first). Not
-- the references: what may have to be erased stands outside.
    select sha256(coalesce(in_before, '') || multirange_send(in_entry_ids) || in_account_ids || in_amounts_minor || in_operation_ids
                  || in_created_at || in_operation_types);
$$;

create or replace function billing.elements(in_array anyarray)
returns bytea
language sql
immutable
as $$
-- Internal: the elements of an array of one dimension as PostgreSQL's binary form has them, which is the same everywhere and
-- can be put together: without its 20 bytes of number of dimensions, flags, type, length and lower bound.
    select substring(array_send(in_array) from 21);
$$;
