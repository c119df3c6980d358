create or replace function billing.execute_drain(in_requests jsonb)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.execute_drain(1)
--
--   One pay-out that another node was asked for and whose key has its home here,
--   drained if this part does not cover it, to its end. Called as billing_peer.
--
--   AUTONOMOUS, as withdraw_balance: its steps are committed over a connection to
--   this node, whatever becomes of the caller, and nothing is locked between
--   them. The donors hear of the decision from this node's coordinator, or by
--   replication.
--
-- Parameters
--   in_requests  as billing.execute_pay_outs, one; at most 8 s of its deadline are
--                used, since billing_peer's statements end after 10 s
-- Returns   as billing.execute_pay_outs, or billing.authorise_holds; where a drain was begun: status drained,
--           decision as the row of billing.decide_drain
-- Writes    as billing.pay_out, billing.reserve, billing.decide_drain, here and at donors
-- Raises    GB007, GB013, GB015 as connect_to_self and query_node
-- ---------------------------------------------------------------------------
declare
    deadline_ms constant integer := least((in_requests -> 0 ->> 'deadline_ms')::integer, 8000);
    deadline    constant timestamptz := clock_timestamp() + make_interval(secs => deadline_ms / 1000.0);
    requests    constant jsonb := jsonb_build_array(in_requests -> 0 || jsonb_build_object('deadline_ms', deadline_ms::text));
    answer      jsonb;
    decided     jsonb;
begin
    answer := call_self(format('select billing.%I(%L, true)::text',
                               case when requests -> 0 ? 'held_for_ms' then 'authorise_holds' else 'execute_pay_outs' end,
                               requests)) -> 0;
    decided := drive_pay_out(answer, deadline);
    if decided ? 'attempt_id' then
        answer := answer - 'attempt' || jsonb_build_object('status', 'drained', 'decision', decided || jsonb_build_object(
            'taken_minor', (select jsonb_agg(t.minor order by t.i)
                              from jsonb_array_elements_text(nullif(decided -> 'taken_minor', 'null')) with ordinality t (minor, i)),
            'available_minor', decided ->> 'available_minor', 'stranded_minor', decided ->> 'stranded_minor'));
    end if;
    return jsonb_build_array(answer);
end;
$$;
