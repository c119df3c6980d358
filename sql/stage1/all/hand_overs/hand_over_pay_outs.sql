create or replace function billing.hand_over_pay_outs(
    in_home_node_id  integer,
    in_requests      jsonb,
    in_drains        boolean,
    in_timeout_ms    integer,
    out status       text,
    out answers      jsonb,
    out code         text,
    out message      text
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.hand_over_pay_outs(4)
--
--   Pay-outs whose keys have their home at another node, handed to it, which
--   decides there (docs/key-homes.md). Nothing is written or locked here.
--
-- Parameters
--   in_requests  as billing.execute_pay_outs
--   in_drains    false: what the home's own part does not cover is short;
--                true: one request, which the home may drain for
-- Returns
--   status   answered      answers, as billing.execute_pay_outs has them
--            failed        the home raised code, with message: nothing happened
--                          there, or, of a drain, its recovery ends it
--            unreachable   nothing was sent
--            unknown       sent, no answer: it may or may not have happened
--            no_such_node
-- Writes    node_breakers
-- Raises    GB013 as get_decrypted_dsn
-- ---------------------------------------------------------------------------
declare
    asked    record;
    -- How long an answer takes (ask_nodes), which says nothing of drains.
    setting  constant text := 'billing.answer_ms_' || in_home_node_id;
    usual_ms constant text := coalesce(current_setting(setting, true), '');
begin
    if not exists (select from node_config n where n.node_id = in_home_node_id) then
        status := 'no_such_node';
        return;
    end if;
    select a.status, a.answer, a.code into asked
      from ask_nodes(array[in_home_node_id],
                     array[format('select billing.%I(%L)::text',
                                  case when in_drains then 'execute_drain' else 'execute_pay_outs' end, in_requests)],
                     in_timeout_ms) a;
    if in_drains then
        perform set_config(setting, usual_ms, false);
    end if;
    status := asked.status;
    case status
        when 'answered' then
            answers := asked.answer::jsonb;
        when 'failed' then
            code := asked.code;
            message := asked.answer;
        else null;
    end case;
end;
$$;
