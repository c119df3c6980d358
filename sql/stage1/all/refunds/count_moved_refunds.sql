create or replace function billing.count_moved_refunds(out moved bigint, out open bigint, out short bigint)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.count_moved_refunds()
--
--   Refunds of this node whose pay-out was given back, as another one stands.
--
-- Returns
--   moved  made of the one that stands, ever
--   open   to be made of it: its node was not asked yet, or did not answer
--   short  of moved: of which less could still be refunded there
-- Raises    –
-- ---------------------------------------------------------------------------
    select count(*) filter (where m.moved_minor is not null), count(*) filter (where m.moved_minor is null),
           count(*) filter (where m.moved_minor < r.amount_minor)
      from moved_refunds m join refunds r on r.id = m.refund_id;
$$;
