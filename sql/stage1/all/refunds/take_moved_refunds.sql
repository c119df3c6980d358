create or replace function billing.take_moved_refunds(in_requests jsonb)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
set enable_seqscan = off   -- a table that was small when a session planned may have grown since
as $$
-- ---------------------------------------------------------------------------
-- billing.take_moved_refunds(1)
--
--   Refunds that another node had made of a pay-out before it gave that back as a
--   duplicate, made of the pay-out of this node that stands: each once by its id, for
--   ever, and as much of it as can still be refunded. Called as billing_peer. To a
--   deleted account, too, as what was given back there: it is listed, and taken out.
--
-- Parameters
--   in_requests  an array of {refund_id, pay_out_id, tenant, client_id, fingerprint (hex),
--                amount_minor, reference, metadata (text)}; numbers as decimal strings
-- Returns   for each {refund_id, status, …}
--   moved          moved_minor: now or before; 0: nothing was left
--   duplicate      duplicate_of: this one was given back, too, for that one
--   not_found      no pay-out of this node and that tenant; balance_limit; upgrading
--   failed         it raised code, with message, or its rows are locked by others (55P03):
--                  nothing was done, and the others are made all the same
-- Locks     rows of pay_outs in order of id (skips locked ones), of account_balances; waits
--           half a second for all of them
-- Writes    refunds, pay_outs, transaction_log (refund), account_balances, batches
-- Raises    GB004 a refund of another node than the caller's
-- ---------------------------------------------------------------------------
declare
    wait_until constant timestamptz := clock_timestamp() + interval '500 milliseconds';
    locked   uuid[];
    asked    record;
    paid     pay_outs;
    minor    bigint;
    verdict  jsonb;
    verdicts jsonb := '[]';
    what     text;
begin
    perform require_caller(pay_out_node_id((r ->> 'refund_id')::uuid)) from jsonb_array_elements(in_requests) r;
    locked := array(select p.id from pay_outs p where p.id in (select (r ->> 'pay_out_id')::uuid from jsonb_array_elements(in_requests) r)
                     order by p.id for no key update skip locked);
    for asked in
        select r.* from jsonb_to_recordset(in_requests) as r (refund_id uuid, pay_out_id uuid, tenant text, client_id text, fingerprint text,
                                                              amount_minor bigint, reference text, metadata text)
          left join pay_outs p on p.id = r.pay_out_id order by p.account_id, r.refund_id
    loop
        select * into paid from pay_outs p where p.id = asked.pay_out_id;
        minor := (select r.amount_minor from refunds r where r.moved_from = asked.refund_id);
        verdict := case when minor is not null then jsonb_build_object('status', 'moved', 'moved_minor', minor::text)
                        when paid.id is null or paid.tenant <> asked.tenant or paid.status <> 'committed' then '{"status": "not_found"}'
                        when paid.id <> all (locked) then '{"status": "failed", "code": "55P03", "message": "the pay-out is locked"}'
                        when paid.duplicate_of is not null
                            then jsonb_build_object('status', 'duplicate', 'duplicate_of', paid.duplicate_of)
                        when schema_version() < 10 then '{"status": "upgrading"}' end;
        if verdict is null then
            minor := least(asked.amount_minor, paid.amount_minor - paid.refunded_minor);
            begin
                perform set_config('lock_timeout', greatest(1, floor(extract(epoch from wait_until - clock_timestamp()) * 1000))::text, true);
                perform make_refund(jsonb_populate_record(null::refunds, jsonb_build_object(
                    'tenant', asked.tenant, 'client_id', asked.client_id, 'fingerprint', '\x' || asked.fingerprint,
                    'amount_minor', minor, 'reference', asked.reference, 'moved_from', asked.refund_id)), asked.metadata, paid)
                  where minor > 0;
                verdict := jsonb_build_object('status', 'moved', 'moved_minor', minor::text);
            exception
                when sqlstate 'GB014' then
                    verdict := '{"status": "balance_limit"}';
                when others then
                    get stacked diagnostics what = message_text;
                    verdict := jsonb_build_object('status', 'failed', 'code', sqlstate, 'message', what);
            end;
        end if;
        verdicts := verdicts || jsonb_build_array(verdict || jsonb_build_object('refund_id', asked.refund_id));
    end loop;
    return verdicts;
end;
$$;
