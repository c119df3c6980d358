create or replace function billing.hand_over_refund(
    in_request     jsonb,
    in_timeout_ms  integer,
    out status     text,
    out node_id    integer,
    out answer     jsonb,
    out code       text,
    out message    text
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.hand_over_refund(2)
--
--   A refund, asked of the node that keeps its pay-out, as the id tells: this one, or
--   another, and then nothing is written or locked here.
--
-- Parameters
--   in_request  as billing.refund_pay_out
-- Returns
--   status   answered      answer, as billing.refund_pay_out has it
--            failed        the other node raised code, with message: nothing happened
--            unreachable   nothing was sent
--            unknown       sent, no answer: it may or may not have happened
--            no_such_node  the id names none: there is no such pay-out
--   node_id  the node that keeps it
-- Locks, Writes  as billing.refund_pay_out at its node; node_breakers
-- Raises    GB013 as get_decrypted_dsn
-- ---------------------------------------------------------------------------
declare
    asked record;
begin
    node_id := pay_out_node_id((in_request ->> 'pay_out_id')::uuid);
    if node_id = local_node_id() then
        status := 'answered';
        answer := refund_pay_out(in_request);
    elsif not exists (select from node_config n where n.node_id = hand_over_refund.node_id) or node_id is null then
        status := 'no_such_node';
    else
        select a.status, a.answer, a.code into asked
          from ask_nodes(array[node_id], array[format('select billing.refund_pay_out(%L)::text', in_request)], in_timeout_ms) a;
        status := asked.status;
        if status = 'answered' then
            answer := asked.answer::jsonb;
        elsif status = 'failed' then
            code := asked.code;
            message := asked.answer;
        end if;
    end if;
end;
$$;
