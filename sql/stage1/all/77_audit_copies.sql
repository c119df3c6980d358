-- Replicas against their source. The digests of both sides come from one function.
set role billing_owner;
create or replace function billing.digest_rows(
    in_table    text,
    in_node_id  integer,
    in_after    text,
    in_last     text,
    in_limit    integer,
    in_keys     text[]
)
returns table (key text, account_id bigint, digest text, minor numeric)
language plpgsql
stable
set search_path = billing, pg_temp
set plan_cache_mode = force_custom_plan
as $$
-- ---------------------------------------------------------------------------
-- billing.digest_rows(6)
--
--   Internal: what this node has of a node's rows, a row a key, in order of key.
--
-- Parameters
--   in_table   parts      the part of an account with all its entries; of an account
--                         that is at home there, its row, too. Key: account id
--              transfers  key: id
--              decisions  key: attempt
--              services   key: id; they all are node 1's
--   in_after, in_last   keys above the one, up to the other (null: to the end)
--   in_keys    these keys instead; null: by range
-- Returns   minor is what the row is about, for people
-- ---------------------------------------------------------------------------
begin
    if in_table = 'parts' then
        return query
        select b.account_id::text, b.account_id,
               md5(concat_ws('|', b.balance_minor, b.reserved_minor, b.income_minor, e.count, e.sum,
                             a.username, a.currency, a.is_deleted, extract(epoch from a.created_at))),
               b.balance_minor::numeric
          from account_balances b
          left join accounts a on a.id = b.account_id and a.id % 64 = in_node_id
         cross join lateral (
               select count(*), sum(hashtextextended(concat_ws('|', l.id, l.amount_minor, extract(epoch from l.created_at),
                                        l.operation_id, l.operation_type, l.reference), 0)::numeric)
                 from transaction_log l where l.account_id = b.account_id and l.node_id = in_node_id) e
         where b.node_id = in_node_id
           and (in_keys is not null and b.account_id = any (in_keys::bigint[])
                or in_keys is null and b.account_id > coalesce(nullif(in_after, '')::bigint, -1)
                                   and b.account_id <= coalesce(in_last::bigint, 9223372036854775807))
         order by b.account_id limit in_limit;
    elsif in_table = 'transfers' then
        return query
        select t.id::text, t.account_id,
               md5(concat_ws('|', t.to_node_id, t.account_id, t.amount_minor, t.state, extract(epoch from t.created_at),
                             extract(epoch from t.updated_at))), t.amount_minor::numeric
          from transfers t
         where t.node_id = in_node_id
           and (in_keys is not null and t.id = any (in_keys::uuid[])
                or in_keys is null and t.id > coalesce(nullif(in_after, ''), '00000000-0000-0000-0000-000000000000')::uuid
                                   and t.id <= coalesce(in_last, 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)
         order by t.id limit in_limit;
    elsif in_table = 'decisions' then
        return query
        select d.attempt_id::text, d.account_id,
               md5(concat_ws('|', d.account_id, d.decision, extract(epoch from d.decided_at), d.taken_nodes,
                             d.taken_rounds, d.taken_minor)),
               coalesce((select sum(t) from unnest(d.taken_minor) t), 0)
          from drain_decisions d
         where d.node_id = in_node_id
           and (in_keys is not null and d.attempt_id = any (in_keys::uuid[])
                or in_keys is null and d.attempt_id > coalesce(nullif(in_after, ''), '00000000-0000-0000-0000-000000000000')::uuid
                                   and d.attempt_id <= coalesce(in_last, 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)
         order by d.attempt_id limit in_limit;
    elsif in_table = 'services' then
        return query
        select s.id::text, 0::bigint, md5(concat_ws('|', s.name, s.price_minor, s.currency)), s.price_minor::numeric
          from services s
         where in_node_id = 1
           and (in_keys is not null and s.id = any (in_keys::integer[])
                or in_keys is null and s.id > coalesce(nullif(in_after, '')::integer, -2147483648)
                                   and s.id <= coalesce(in_last::integer, 2147483647))
         order by s.id limit in_limit;
    end if;
end;
$$;

create or replace function billing.digests(in_table text, in_after text, in_limit integer, in_keys text[])
returns jsonb
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- For another node's auditor: digests of this node's own rows, and a moment by this node's clock by which
-- all that they tell was committed.
    select jsonb_build_object('at', clock_timestamp(), 'rows',
               coalesce((select jsonb_agg(to_jsonb(r)) from digest_rows(in_table, local_node_id(), in_after, null, in_limit, in_keys) r), '[]'));
$$;

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
--   copy   parts, entries, accounts, transfers, decisions, services: as at their source
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
reset role;
