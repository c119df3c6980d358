create or replace function billing.audit_transfers(
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
-- billing.audit_transfers(4)
--
--   Transfers from here to one node, in order of id, against the entry that took the
--   money here and the one that brought it there. First what is said here is read,
--   then the other node is asked what it did itself: what was delivered before the
--   one was credited before the other, so replication has no part in it and cannot
--   mislead.
--
--   transfer   in transit or delivered: an entry took it here. Delivered: it is
--              credited there; credited there: to this account, with this amount
--
-- Parameters
--   in_node_id     the receiver
--   in_after       a transfer's id; '' from the beginning
--   in_timeout_ms  how long to wait for the other node
-- Returns   as billing.audit_parts, and status unreachable: the other node did not
--           answer, only what is here was checked
-- Writes    node_breakers
-- Raises    what the other node raises
-- ---------------------------------------------------------------------------
declare
    self      constant integer := local_node_id();
    after_id  constant uuid := after_uuid(in_after);
    sent      jsonb;
    asked     record;
begin
    select coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'account_id', t.account_id, 'amount_minor', t.amount_minor,
                                                 'state', t.state, 'is_taken', t.is_taken) order by t.id), '[]')
      into sent
      from (select t.id, t.account_id, t.amount_minor, t.state,
                   exists (select from transaction_log l
                            where l.account_id = t.account_id and l.operation_id = t.id and l.node_id = self
                              and l.operation_type = 'transfer_out' and l.amount_minor = -t.amount_minor
                              and l.created_at between t.created_at - entry_slack() and t.updated_at + entry_slack()) as is_taken
              from transfers t
             where t.node_id = self and t.to_node_id = in_node_id and t.state in ('in_transit', 'delivered')
               and t.id > after_id
             order by t.id limit in_limit) t;
    checked := jsonb_array_length(sent);
    next_after := case when checked = in_limit then sent -> -1 ->> 'id' end;
    status := 'checked';
    select coalesce(jsonb_agg(audit_finding('transfer', self, t.account_id, t.id::text, t.amount_minor, 0,
                                            'what a transfer must have taken here, and took')), '[]')
      into findings
      from jsonb_to_recordset(sent) as t (id uuid, account_id bigint, amount_minor bigint, is_taken boolean)
     where not t.is_taken;
    if checked = 0 then
        return;
    end if;

    asked := ask_node(in_node_id, format('select billing.transfers_credited(%L)::text',
                                         array(select t ->> 'id' from jsonb_array_elements(sent) t)), in_timeout_ms);
    if asked.status <> 'answered' then
        status := 'unreachable';
        return;
    end if;
    findings := findings || (
        select coalesce(jsonb_agg(audit_finding('transfer', in_node_id, t.account_id, t.id::text || ' arrival',
                                                t.amount_minor, c.amount_minor,
                                                format('what node %s delivered, and is credited', self))), '[]')
          from jsonb_to_recordset(sent) as t (id uuid, account_id bigint, amount_minor bigint, state text)
          left join jsonb_to_recordset(asked.answer::jsonb) as c (id uuid, account_id bigint, amount_minor numeric)
                 on c.id = t.id
         where (c.id is not null or t.state = 'delivered')
           and (c.account_id, c.amount_minor) is distinct from (t.account_id, t.amount_minor::numeric));
end;
$$;
