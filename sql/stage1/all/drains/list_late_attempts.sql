create or replace function billing.list_late_attempts(in_limit integer)
returns setof uuid
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- Attempts of this node that are pending a second after their deadline: whoever ran them is gone.
-- billing.decide_drain(id, '[]', '{}', true) aborts one; each in a transaction of its own.
-- In PL/pgSQL for its plan, which a session keeps: it is called each second.
begin
    return query
    select a.id from pay_out_attempts a
     where a.state = 'pending' and a.deadline_at < clock_timestamp() - late_after()
     order by a.deadline_at limit in_limit;
end;
$$;
