create or replace function billing.list_operations(
    in_account_id  bigint,
    in_before      billing.operation_key,
    in_limit       integer,
    in_types       text[]      default null,
    in_from        timestamptz default null,
    in_to          timestamptz default null,
    in_node_id     integer     default null,
    in_tenants     text[]      default '{default}'
)
returns table (
    ms            bigint,
    id            uuid,
    slot          integer,
    type          text,
    amount_minor  numeric,
    reference     text,
    entries       jsonb,
    details       jsonb
)
language plpgsql
stable
security definer
set search_path = billing, pg_temp
set enable_seqscan = off   -- a table that was small when a session planned may have grown since
as $$
-- ---------------------------------------------------------------------------
-- billing.list_operations(8)
--
--   Operations on an account, newest first, a page at a time, each once with what has
--   arrived here of its entries at all nodes. It stands where its id says that it began,
--   or where its only entry was made: the same place whatever arrives later
--   (docs/history.md).
--
-- Parameters
--   in_before    the last one of the page before; null for the first page
--   in_types     as billing.operation_kind; null: all
--   in_from, in_to  stands at in_from or later, before in_to; null: no bound
--   in_node_id   has an entry there; null: anywhere
--   in_tenants   as of billing.get_account
-- Returns   at most in_limit rows; none if the account is not known here, or not theirs
--   ms, id, slot  where it stands
--   amount_minor  sum of its entries
--   entries       [{node_id, type, amount_minor, at}] in order of time, amounts as strings
--   details       as billing.detail_operation
-- ---------------------------------------------------------------------------
declare
    begin_ms constant bigint := coalesce(ceil(extract(epoch from in_from) * 1000), 0);
    end_ms   constant bigint := coalesce(ceil(extract(epoch from in_to) * 1000), 253402300800000);   -- the year 10000
    before   constant operation_key := case when (in_before).ms < end_ms then in_before
                                            else row(end_ms, '00000000-0000-0000-0000-000000000000', 0)::operation_key end;
    packed   entries[];
    spread   operation_key[];
    single   operation_key[];
begin
    if not exists (select from accounts a where a.id = in_account_id and (in_tenants is null or a.tenant = any (in_tenants))) then
        return;
    end if;
    packed := array(select row(p.id, p.account_id, p.amount_minor, p.created_at, p.operation_id, p.node_id, p.operation_type,
                               p.reference)::entries
                      from packed_entries p where in_account_id = any (p.account_ids) and p.account_id = in_account_id);
    spread := case when in_types is null or in_types && '{pay_out,charge,hold}'
                   then spread_operations(in_account_id, begin_ms, before, in_limit, in_types, in_node_id) else '{}' end;
    -- A full page of these: what stands behind them all need not be looked at. No hold is a single entry.
    single := case when in_types <@ '{hold}' then '{}'
                   else single_operations(in_account_id,
                                          case when cardinality(spread) < in_limit then begin_ms else (spread[in_limit]).ms end,
                                          before, in_limit, in_types, in_node_id) end;
    return query
        select p.ms, p.id, p.slot, e.type, e.amount_minor, e.reference, e.entries, detail_operation(e.type, p.id, p.slot, e.entry_types, e.amount_minor)
          from (select f.ms, f.id, f.slot
                  from (select * from unnest(spread) union select * from unnest(single)
                        union select * from unnest(keys_of_entries(packed, begin_ms, before, in_types, in_node_id))) f
                 order by 1 desc, 2 desc, 3 desc
                 limit in_limit) p
         cross join lateral entries_of_operation(in_account_id, p.ms, p.id, p.slot, packed) e
         order by 1 desc, 2 desc, 3 desc;
end;
$$;

create or replace function billing.operation_kind(in_type billing.operation_type, in_id uuid)
returns text
language sql
immutable
as $$
-- Internal: of an entry, what its operation is: pay_in, deposit, opening, pay_out, charge, hold, transfer, refund or correction, an
-- operator's. No settings, so that it is inlined.
    select case when in_type in ('transfer_out', 'transfer_in') then 'transfer'
                when in_type in ('pay_out', 'reserve', 'release', 'return')
                  or in_type = 'correction' and billing.ms_of_id(in_id) is not null
                    then case get_byte(uuid_send(in_id), 6) when 129 then 'hold' when 130 then 'charge' else 'pay_out' end
                else in_type::text end;
$$;

create or replace function billing.operation_slot(in_type billing.operation_type, in_id uuid, in_node_id integer)
returns integer
language sql
immutable
as $$
-- Internal: of an entry, the slot of its operation. No settings, so that it is inlined.
    select case when in_type in ('pay_out', 'reserve', 'release', 'return', 'transfer_out', 'transfer_in')
                  or in_type = 'correction' and billing.ms_of_id(in_id) is not null then 0
                else in_node_id end;
$$;

create or replace function billing.time_of_ms(in_ms bigint)
returns timestamptz
language sql
stable
as $$
-- Internal: the first moment of which billing.ms_of_time says that. No settings, so that it is inlined.
    select timestamptz '1970-01-01 00:00:00+00' + interval '1 microsecond' * (in_ms * 1000 - 500);
$$;

create or replace function billing.spread_operations(
    in_account_id  bigint,
    in_begin_ms    bigint,
    in_before      billing.operation_key,
    in_limit       integer,
    in_types       text[],
    in_node_id     integer
)
returns billing.operation_key[]
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: of billing.list_operations, the first in_limit that have an entry of billing.is_spread, by the index on these.
begin
    return array(
        select row(d.ms, d.id, 0)::operation_key
          from (select distinct operation_ms(l.operation_type, l.operation_id, l.created_at) as ms, l.operation_id as id
                  from transaction_log l
                 where l.account_id = in_account_id
                   and is_spread(l.operation_type, l.operation_id, l.created_at)
                   and operation_ms(l.operation_type, l.operation_id, l.created_at) between in_begin_ms and in_before.ms
                   and (operation_ms(l.operation_type, l.operation_id, l.created_at), l.operation_id) <= (in_before.ms, in_before.id)
                   and (operation_ms(l.operation_type, l.operation_id, l.created_at), l.operation_id, 0)
                       < (in_before.ms, in_before.id, in_before.slot)
                   and (in_types is null or operation_kind(l.operation_type, l.operation_id) = any (in_types))
                   and (in_node_id is null or l.node_id = in_node_id)
                 order by 1 desc, 2 desc
                 limit in_limit) d
         order by 1 desc);
end;
$$;

create or replace function billing.single_operations(
    in_account_id  bigint,
    in_begin_ms    bigint,
    in_before      billing.operation_key,
    in_limit       integer,
    in_types       text[],
    in_node_id     integer
)
returns billing.operation_key[]
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: of billing.list_operations, the first in_limit of the log that stand where their entry was made. The index has them in
-- order of time, and many may be of one millisecond: of the last one the first in_limit by id come with those that were found.
declare
    found    operation_key[];
    last_ms  bigint;
begin
    found := array(
        select row(ms_of_time(l.created_at), l.operation_id, operation_slot(l.operation_type, l.operation_id, l.node_id))::operation_key
          from transaction_log l
         where l.account_id = in_account_id and l.created_at >= time_of_ms(in_begin_ms) and l.created_at < time_of_ms(in_before.ms + 1)
           and is_single(l.operation_type, l.operation_id, l.created_at)
           and (ms_of_time(l.created_at), l.operation_id, operation_slot(l.operation_type, l.operation_id, l.node_id))
               < (in_before.ms, in_before.id, in_before.slot)
           and (in_types is null or operation_kind(l.operation_type, l.operation_id) = any (in_types))
           and (in_node_id is null or l.node_id = in_node_id
                or l.operation_type = 'transfer_out' and has_arrived_at(in_node_id, l.operation_id))
         order by l.created_at desc
         limit in_limit);
    if cardinality(found) < in_limit then
        return found;
    end if;
    last_ms := (found[in_limit]).ms;
    return found || array(
        select row(last_ms, l.operation_id, operation_slot(l.operation_type, l.operation_id, l.node_id))::operation_key
          from transaction_log l
         where l.account_id = in_account_id and l.created_at >= time_of_ms(last_ms) and l.created_at < time_of_ms(last_ms + 1)
           and is_single(l.operation_type, l.operation_id, l.created_at)
           and (last_ms, l.operation_id, operation_slot(l.operation_type, l.operation_id, l.node_id))
               < (in_before.ms, in_before.id, in_before.slot)
           and (in_types is null or operation_kind(l.operation_type, l.operation_id) = any (in_types))
           and (in_node_id is null or l.node_id = in_node_id
                or l.operation_type = 'transfer_out' and has_arrived_at(in_node_id, l.operation_id))
         order by 1 desc
         limit in_limit);
end;
$$;

create or replace function billing.is_single(in_type billing.operation_type, in_id uuid, in_created_at timestamptz)
returns boolean
language sql
immutable
as $$
-- Internal: of an entry, that its operation stands where it was made. What arrives of a transfer does so elsewhere. No settings, so
-- that it is inlined.
    select in_type <> 'transfer_in' and not billing.is_spread(in_type, in_id, in_created_at);
$$;

create or replace function billing.has_arrived_at(in_node_id integer, in_id uuid)
returns boolean
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: whether what a transfer took has arrived at that node, as far as the log here has it.
    select exists (select from transaction_log l
                    where l.operation_id = in_id and l.node_id = in_node_id and l.operation_type = 'transfer_in');
$$;
