create or replace function billing.audit_copies(
    in_node_id      integer,
    in_table        text,
    in_after        text,
    in_limit        integer,
    in_timeout_ms   integer,
    out status      text,
    out next_after  text,
    out checked     integer,
    out findings    jsonb
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.audit_copies(5)
--
--   This node's replicas of a node's rows against their source. Equal digests are
--   equal rows. Others are merely suspects, for replication is late at all times:
--
--     1. the source tells their digests, and the time by its clock
--     2. its heartbeat must arrive here, dated later: then all that the source told
--        of has arrived before it, because replication keeps the order of commits
--     3. the copies are read, then the source once more
--
--   If the source has said the same twice, it has not changed in between (what the
--   digests cover only ever grows), and a copy that differs is wrong. An account that
--   never rests so long is left to the next pass.
--
--   copy   parts, entries, accounts, transfers, decisions, seals, services: as at their source
--
-- Parameters
--   in_node_id     the source
--   in_table, in_after   as billing.digest_rows
--   in_timeout_ms  how long to wait for each answer, and for the heartbeat (5 s at most)
-- Returns   as billing.audit_parts; status also unreachable, or behind: suspects could
--           not be judged, because replication is later than the timeout
-- Writes    node_breakers
-- Raises    what the other node raises
-- ---------------------------------------------------------------------------
declare
    self      constant integer := local_node_id();
    deadline  timestamptz;
    asked     record;
    first     jsonb;
    suspects  text[];
    copies    jsonb;
begin
    checked := 0;
    findings := '[]';
    status := 'unreachable';
    asked := ask_node(in_node_id, format('select billing.digests(%L, %L, %s, null)::text', in_table, in_after, in_limit), in_timeout_ms);
    if asked.status <> 'answered' then
        return;
    end if;
    first := asked.answer::jsonb;
    checked := jsonb_array_length(first -> 'rows');
    next_after := case when checked = in_limit then first -> 'rows' -> -1 ->> 'key' end;
    status := 'checked';
    suspects := array(
        select coalesce(s.key, c.key)
          from jsonb_to_recordset(first -> 'rows') as s (key text, digest text)
          full join digest_rows(in_table, in_node_id, in_after, next_after, null, null) c on c.key = s.key
         where s.digest is distinct from c.digest);
    if suspects = '{}' then
        return;
    end if;

    asked := ask_node(in_node_id, format('select billing.digests(%L, null, null, %L)::text', in_table, suspects), in_timeout_ms);
    if asked.status <> 'answered' then
        status := 'unreachable';
        return;
    end if;
    first := asked.answer::jsonb;
    deadline := clock_timestamp() + make_interval(secs => least(in_timeout_ms, 5000) / 1000.0);
    -- Not one from before the source's clock was set back, which may be later than now by any time.
    while not exists (select from node_heartbeats h
                       where h.node_id = in_node_id and h.beat_at > (first ->> 'at')::timestamptz
                         and h.beat_at < (first ->> 'at')::timestamptz + interval '10 seconds') loop
        if clock_timestamp() >= deadline then
            status := 'behind';
            return;
        end if;
        perform pg_sleep(0.05);
    end loop;
    copies := (select coalesce(jsonb_agg(to_jsonb(c)), '[]')
                 from digest_rows(in_table, in_node_id, null, null, null, suspects) c);
    asked := ask_node(in_node_id, format('select billing.digests(%L, null, null, %L)::text', in_table, suspects), in_timeout_ms);
    if asked.status <> 'answered' then
        status := 'unreachable';
        return;
    end if;
    findings := (
        select coalesce(jsonb_agg(audit_finding('copy', self, coalesce(s.account_id, c.account_id),
                           format('%s of node %s', case in_table when 'parts' then 'part' else left(in_table, -1) || ' ' || k end, in_node_id),
                           s.minor, c.minor, case when c.digest is null then 'the copy here is missing'
                                                  when s.digest is null then 'a copy here of what is not there'
                                                  when s.minor = c.minor then 'the copy here differs, though not in this figure'
                                                  else 'what its node has, and the copy here' end)), '[]')
          from unnest(suspects) k
          left join jsonb_to_recordset(first -> 'rows') as s (key text, account_id bigint, digest text, minor numeric) on s.key = k
          left join jsonb_to_recordset(asked.answer::jsonb -> 'rows') as t (key text, digest text) on t.key = k
          left join jsonb_to_recordset(copies) as c (key text, account_id bigint, digest text, minor numeric) on c.key = k
         where s.digest is not distinct from t.digest and s.digest is distinct from c.digest);
end;
$$;
