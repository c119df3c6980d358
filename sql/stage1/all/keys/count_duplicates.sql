create or replace function billing.count_duplicates(out undone bigint, out open bigint, out different bigint)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.count_duplicates()
--
--   Pay-outs of this node that another one has paid under the same key, too.
--
-- Returns
--   undone     given back here, ever
--   open       to be given back
--   different  found here: under one key two requests that say different things; while
--              the key is remembered
-- Raises    –
-- ---------------------------------------------------------------------------
    select (select count(*) from pay_outs p
             where p.duplicate_of is not null and p.id in (select d.pay_out_id from duplicate_pay_outs d where d.is_same)),
           (select count(*) from arrived_duplicates),
           (select count(*) from duplicate_pay_outs d
             where not d.is_same and d.node_id = local_node_id()
               and exists (select from pay_outs p where p.id in (d.pay_out_id, d.stands_id) and p.idempotency_key is not null));
$$;
