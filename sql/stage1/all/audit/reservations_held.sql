create or replace function billing.reservations_held(in_attempt_ids uuid[])
returns jsonb
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- For another node's auditor: what this node has of these attempts, tombstones left out.
    select coalesce(jsonb_agg(jsonb_build_object('attempt_id', r.attempt_id, 'round', r.round, 'minor', r.settled_minor,
                                                 'is_open', r.state = 'reserved')), '[]')
      from reservations r where r.attempt_id = any (in_attempt_ids) and r.round > 0;
$$;
