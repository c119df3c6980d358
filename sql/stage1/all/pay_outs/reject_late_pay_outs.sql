create or replace function billing.reject_late_pay_outs(in_limit integer)
returns integer
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- Rejects pay-outs that are past their deadline, between two attempts: their coordinator is gone.
-- Returns how many. Locks and writes pay_outs; writes batches, as their keys are free again (tell_key).
declare
    late     pay_outs;
    rejected integer := 0;
begin
    for late in
        update pay_outs p set status = 'rejected', rejection = 'deadline_exceeded', decided_at = clock_timestamp(), deadline_at = null
         where p.id in (select o.id from pay_outs o
                         where o.status = 'pending' and o.deadline_at < clock_timestamp() - late_after()
                           and not exists (select from pay_out_attempts a where a.pay_out_id = o.id and a.state = 'pending')
                         order by o.deadline_at limit in_limit for update skip locked)
        returning *
    loop
        perform tell_key(late);
        rejected := rejected + 1;
    end loop;
    return rejected;
end;
$$;
