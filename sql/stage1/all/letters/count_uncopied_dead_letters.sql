create or replace function billing.count_uncopied_dead_letters(out letters bigint, out oldest_age_s double precision)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.count_uncopied_dead_letters()
--
--   Dead letters of this node whose copy is not on the topic yet. For metrics.
--
-- Returns   how many, and how long the oldest has waited; 0 without one
-- ---------------------------------------------------------------------------
    select count(*), coalesce(greatest(extract(epoch from now() - min(d.recorded_at)), 0), 0)::double precision
      from dead_letters d
     where d.published_at is null;
$$;
