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
--              seals      key: number
--              services   with their prices. Key: id; they all are node 1's
--   in_after, in_last   keys above the one, up to the other (null: to the end)
--   in_keys    these keys instead; null: by range
-- Returns   minor is what the row is about, for people
-- ---------------------------------------------------------------------------
begin
    if in_table = 'parts' then
        return query
        -- Entries that are still packed here, read once.
        with packed as materialized (
            select e.account_id, count(*), sum(entry_hash(e.id, e.amount_minor, extract(epoch from e.created_at), e.operation_id, e.operation_type, e.reference))
              from packed_entries e where e.node_id = in_node_id group by 1
        )
        select b.account_id::text, b.account_id,
               md5(concat_ws('|', b.balance_minor, b.reserved_minor, b.income_minor, 'held ' || nullif(b.held_minor, 0), e.count + coalesce(p.count, 0),
                             coalesce(e.sum + p.sum, e.sum, p.sum),
                             a.username, a.currency, a.is_deleted, extract(epoch from a.created_at), 'state ' || nullif(a.state_version, 0),
                             'debits' || nullif(a.debits_frozen, false), 'credits' || nullif(a.credits_frozen, false))),
               b.balance_minor::numeric
          from account_balances b
          left join accounts a on a.id = b.account_id and a.id % 64 = in_node_id
          left join packed p on p.account_id = b.account_id
         cross join lateral (
               select count(*), sum(entry_hash(l.id, l.amount_minor, extract(epoch from l.created_at), l.operation_id, l.operation_type, l.reference))
                 from transaction_log l where l.account_id = b.account_id and l.node_id = in_node_id) e
         where b.node_id = in_node_id
           and (in_keys is not null and b.account_id = any (in_keys::bigint[])
                or in_keys is null and b.account_id > after_account(in_after)
                                   and b.account_id <= coalesce(in_last::bigint, minor_max()))
         order by b.account_id limit in_limit;
    elsif in_table = 'transfers' then
        return query
        select t.id::text, t.account_id,
               md5(concat_ws('|', t.to_node_id, t.account_id, t.amount_minor, t.state, extract(epoch from t.created_at),
                             extract(epoch from t.updated_at))), t.amount_minor::numeric
          from transfers t
         where t.node_id = in_node_id
           and (in_keys is not null and t.id = any (in_keys::uuid[])
                or in_keys is null and t.id > after_uuid(in_after)
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
                or in_keys is null and d.attempt_id > after_uuid(in_after)
                                   and d.attempt_id <= coalesce(in_last, 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)
         order by d.attempt_id limit in_limit;
    elsif in_table = 'seals' then
        return query
        select s.number::text, 0::bigint, md5(concat_ws('|', extract(epoch from s.sealed_at), s.entry_ids, s.entry_count, encode(s.digest, 'hex'))), s.entry_count::numeric
          from seals s
         where s.node_id = in_node_id
           and (in_keys is not null and s.number = any (in_keys::bigint[])
                or in_keys is null and s.number > coalesce(nullif(in_after, '')::bigint, 0)
                                   and s.number <= coalesce(in_last::bigint, minor_max()))
         order by s.number limit in_limit;
    elsif in_table = 'services' then
        return query
        select s.id::text, 0::bigint, md5(concat_ws('|', s.name, s.price_minor, s.currency, s.unit, extract(epoch from s.retired_at), (
                   select string_agg(concat(extract(epoch from p.valid_from), ' ', p.price), ',' order by p.valid_from)
                     from service_prices p where p.service_id = s.id))), s.price_minor::numeric
          from services s
         where in_node_id = 1
           and (in_keys is not null and s.id = any (in_keys::integer[])
                or in_keys is null and s.id > coalesce(nullif(in_after, '')::integer, -2147483648)
                                   and s.id <= coalesce(in_last::integer, 2147483647))
         order by s.id limit in_limit;
    end if;
end;
$$;

create or replace function billing.entry_hash(
    in_id              bigint,
    in_amount_minor    bigint,
    in_created_s       numeric,
    in_operation_id    uuid,
    in_operation_type  billing.operation_type,
    in_reference       text
)
returns numeric
language sql
stable
as $$
-- Internal: of an entry's content, to be added up. No settings, so that it is inlined.
    select hashtextextended(concat_ws('|', in_id, in_amount_minor, in_created_s, in_operation_id,
                                      in_operation_type, in_reference), 0)::numeric;
$$;
