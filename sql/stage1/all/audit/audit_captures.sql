create or replace function billing.audit_captures(
    in_node_id      integer,
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
-- billing.audit_captures(4)
--
--   Captures of this node's holds at another node, in order of hold. What has been
--   answered here is read first, as that node committed it before; then what is
--   captured there; last what was asked here, which was committed before that.
--
--   hold   what is confirmed here is captured there, that much; what is captured there
--          was asked for here, that much
--
-- Parameters
--   in_node_id     the node of the parts
--   in_after       a hold's id; '' from the beginning
--   in_timeout_ms  how long to wait for the other node
-- Returns   as billing.audit_transfers
-- Writes    node_breakers
-- Raises    what the other node raises
-- ---------------------------------------------------------------------------
declare
    self      constant integer := local_node_id();
    after_id  constant uuid := after_uuid(in_after);
    last_id   uuid;
    confirmed jsonb;
    asked     record;
begin
    select (array_agg(c.id order by c.id desc))[1], count(*) into last_id, checked
      from (select h.id from holds h where h.id > after_id order by h.id limit in_limit) c;
    next_after := case when checked = in_limit then last_id::text end;
    last_id := case when checked = in_limit then last_id else 'ffffffff-ffff-ffff-ffff-ffffffffffff' end;
    status := 'checked';
    findings := '[]';
    select coalesce(jsonb_agg(jsonb_build_object('hold_id', a.hold_id, 'capture_id', a.operation_id, 'account_id', h.account_id,
                                                 'minor', a.got_minor)), '[]')
      into confirmed
      from holds h join hold_asks a on a.hold_id = h.id join hold_operations o on o.id = a.operation_id and o.kind = 'capture'
     where h.id > after_id and h.id <= last_id and a.node_id = in_node_id and a.got_minor > 0;

    asked := ask_node(in_node_id, format('select billing.captures_of(%s, %L, %L)::text', self, after_id, last_id), in_timeout_ms);
    if asked.status <> 'answered' then
        status := 'unreachable';
        return;
    end if;
    with told as (
        select * from jsonb_to_recordset(confirmed) as c (hold_id uuid, capture_id uuid, account_id bigint, minor bigint)
    ), there as (
        select * from jsonb_to_recordset(asked.answer::jsonb) as c (hold_id uuid, capture_id uuid, account_id bigint, minor bigint)
    )
    select coalesce(jsonb_agg(f), '[]') into findings
      from (select audit_finding('hold', in_node_id, t.account_id, t.hold_id || ' told ' || t.capture_id, t.minor, coalesce(c.minor, 0),
                                 format('what node %s was told is captured, and is', self)) as f
              from told t left join there c using (hold_id, capture_id) where c.minor is distinct from t.minor
            union all
            select audit_finding('hold', in_node_id, c.account_id, c.hold_id || ' asked ' || c.capture_id, coalesce(a.minor, 0), c.minor,
                                 format('what node %s asked to capture, and is captured', self))
              from there c
              left join hold_asks a on a.hold_id = c.hold_id and a.operation_id = c.capture_id and a.node_id = in_node_id
             where c.minor is distinct from a.minor and not exists (select from told t where t.capture_id = c.capture_id)) x;
end;
$$;

create or replace function billing.captures_of(in_home_node_id integer, in_after uuid, in_last uuid)
returns jsonb
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- For another node's auditor: what was captured here of its holds after one up to another.
    select coalesce(jsonb_agg(jsonb_build_object('hold_id', c.hold_id, 'capture_id', c.capture_id, 'account_id', c.account_id,
                                                 'minor', c.amount_minor)), '[]')
      from hold_captures c
      join hold_parts p on p.hold_id = c.hold_id and p.home_node_id = in_home_node_id
     where c.hold_id > in_after and c.hold_id <= in_last;
$$;
