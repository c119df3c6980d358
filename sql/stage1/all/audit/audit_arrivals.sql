create or replace function billing.audit_arrivals(
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
-- billing.audit_arrivals(3)
--
--   The other direction of billing.audit_transfers: money that arrived here with a
--   transfer, of the next in_limit accounts after an id, was sent by somebody. Most
--   is known from replicas; about what is not, because they are late or something is
--   wrong, every other node is asked. It was sent before it was credited, so a node
--   that is asked now knows it, whatever replication does.
--
--   arrival   a credit by a transfer belongs to one that is in transit or delivered
--
-- Parameters
--   in_after  account id as text; '' from the beginning
-- Returns   as billing.audit_parts, and status unreachable: somebody did not answer,
--           and what nobody else knows may be known there; nothing is said about it
-- Writes    node_breakers
-- Raises    GB013, GB017 as get_decrypted_dsn
-- ---------------------------------------------------------------------------
declare
    self      constant integer := local_node_id();
    after_id  constant bigint := after_account(in_after);
    nodes     integer[];
    last_id   bigint;
    unknown   jsonb;
    asked     record;
begin
    select case when count(*) = in_limit then max(a.account_id) end, count(*) into last_id, checked
      from (select b.account_id from account_balances b
             where b.node_id = self and b.account_id > after_id order by b.account_id limit in_limit) a;
    next_after := last_id::text;
    status := 'checked';
    findings := '[]';
    select jsonb_agg(jsonb_build_object('id', l.operation_id, 'account_id', l.account_id, 'amount_minor', l.amount_minor))
      into unknown
      from transaction_log l
     where l.account_id > after_id and l.account_id <= coalesce(last_id, minor_max()) and l.node_id = self
       and l.operation_type = 'transfer_in'
       and not exists (select from transfers t
                        where t.id = l.operation_id and t.to_node_id = self and t.account_id = l.account_id
                          and t.amount_minor = l.amount_minor and t.state in ('in_transit', 'delivered'));
    if unknown is null then
        return;
    end if;

    nodes := array(select n.node_id from node_config n where n.node_id <> self order by 1);
    for asked in
        select * from ask_nodes(nodes, array_fill(format('select billing.transfers_sent(%L, %s)::text',
                                    array(select u ->> 'id' from jsonb_array_elements(unknown) u), self),
                                    array[cardinality(nodes)]), in_timeout_ms)
    loop
        if asked.status <> 'answered' then
            status := 'unreachable';
            continue;
        end if;
        unknown := (select coalesce(jsonb_agg(u), '[]')
                      from jsonb_array_elements(unknown) u
                     where not exists (select from jsonb_array_elements(asked.answer::jsonb) s where s = u));
    end loop;
    if status = 'checked' then
        findings := (select coalesce(jsonb_agg(audit_finding('arrival', self, u.account_id, u.id::text, 0, u.amount_minor,
                                                             'money from a transfer that nobody sent')), '[]')
                       from jsonb_to_recordset(unknown) as u (id uuid, account_id bigint, amount_minor bigint));
    end if;
end;
$$;
