create or replace function billing.hand_over_hold(
    in_home_node_id  integer,
    in_call          text,
    in_request       jsonb,
    in_timeout_ms    integer,
    out status       text,
    out answer       jsonb,
    out code         text,
    out message      text
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.hand_over_hold(4)
--
--   A hold, or an operation on one, whose home is another node, handed to it, which
--   decides there (docs/key-homes.md). Nothing is written or locked here.
--
-- Parameters
--   in_call     authorise_holds, execute_hold or execute_hold_operation
--   in_request  as that wants it
-- Returns
--   status   as of billing.hand_over_pay_outs
--   answer   of answered: what the call returned there
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
    elsif in_call not in ('authorise_holds', 'execute_hold', 'execute_hold_operation') then
        raise exception '% is not handed over', in_call using errcode = '22023';
    end if;
    select a.status, a.answer, a.code into asked
      from ask_nodes(array[in_home_node_id], array[format('select billing.%I(%L)::text', in_call, in_request)], in_timeout_ms) a;
    if in_call <> 'authorise_holds' then
        perform set_config(setting, usual_ms, false);
    end if;
    status := asked.status;
    case status
        when 'answered' then
            answer := asked.answer::jsonb;
        when 'failed' then
            code := asked.code;
            message := asked.answer;
        else null;
    end case;
end;
$$;
