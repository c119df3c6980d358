create or replace function billing.list_acts(
    in_since      timestamptz,
    in_until      timestamptz,
    in_client_id  text,
    in_object_id  text,
    in_limit      integer,
    in_after_at   timestamptz,
    in_after_id   text,
    in_tenants    text[] default '{default}'
)
returns table (
    act_id       text,
    act          text,
    result       text,
    object_type  text,
    object_id    text,
    tenant       text,
    client_id    text,
    address      text,
    acted_at     timestamptz,
    note         text,
    before       jsonb,
    after        jsonb
)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_acts(8)
--
--   What was done at this node by the word of somebody, newest first: to accounts,
--   to dead letters and parked pay-ins, accepted offsets, and the catalogue at its home.
--
-- Parameters
--   in_since, in_until          from, and before; null: no bound
--   in_client_id, in_object_id  null: any
--   in_after_…                  the last row of the page before; null: the first page
--   in_tenants                  as of billing.get_account; offsets and services are of no tenant, and told to who may see all
-- Returns
--   object_type  account · service · message (object_id topic/partition/offset, ~n behind it as of
--                billing.find_dead_letters) · partition (topic/partition)
--   result       of an act on a message: that of dead_letter_acts
--   address      where the client asked from; null: not known
--   before       how the object stood, null: of an act from before version 8. account:
--                {balance, currency}, of this node's part (open: of all); of a deletion
--                {deleted, currency, parts: [{node, balance}]}. message: {state}.
--                partition: {offset, halt}. service: {price, retired}, null: there was none
--   after        the same, as it left it
-- ---------------------------------------------------------------------------
    select a.*
      from (select ('account/' || c.id) collate "C" as act_id, c.act::text, null::text, 'account', c.account_id::text as object_id,
                   c.tenant, c.client_id, host(c.address), c.acted_at, c.reason, c.before, c.after
              from account_acts c
            union all
            select 'letter/' || l.id, l.act::text, l.result, 'message',
                   concat(l.topic, '/', l.partition_id, '/', l.message_offset, '~' || nullif(l.incarnation, 1)),
                   l.tenant, l.client_id, host(l.address), l.acted_at, l.note, l.before, l.after
              from dead_letter_acts l
            union all
            select 'offset/' || o.id, 'accept_offset', null, 'partition', concat(o.topic, '/', o.partition_id), null,
                   o.accepted_by, host(o.address), o.accepted_at, null,
                   jsonb_build_object('offset', o.from_offset::text, 'halt', o.halt_reason),
                   jsonb_build_object('offset', o.to_offset::text, 'halt', null)
              from offset_acceptances o
            union all
            select 'service/' || s.id, s.act || '_service', null, 'service', s.service_id::text, null, s.client_id, host(s.address),
                   s.acted_at, null, act_on_service(s.before), act_on_service(s.after)
              from service_acts s) a
     where (in_tenants is null or a.tenant = any (in_tenants))
       and a.acted_at >= coalesce(in_since, '-infinity')
       and a.acted_at < coalesce(in_until, 'infinity')
       and a.acted_at <= coalesce(in_after_at, 'infinity')
       and (in_after_at is null or (a.acted_at, a.act_id) < (in_after_at, in_after_id))
       and (in_client_id is null or a.client_id = in_client_id)
       and (in_object_id is null or a.object_id = in_object_id)
     order by a.acted_at desc, a.act_id desc
     limit in_limit;
$$;

create or replace function billing.act_on_service(in_service jsonb)
returns jsonb
language sql
immutable
as $$
-- Internal: how a service stood, of billing.describe_service, as an act tells it.
    select case when in_service is not null then jsonb_build_object('price', in_service -> 'price', 'retired', in_service ->> 'retired_at' is not null) end;
$$;
