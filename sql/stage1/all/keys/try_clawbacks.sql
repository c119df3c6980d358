create or replace function billing.try_clawbacks(in_command_ids uuid[], in_elsewhere boolean)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
set enable_seqscan = off   -- a table that was small when a session planned may have grown since
as $$
-- ---------------------------------------------------------------------------
-- billing.try_clawbacks(2)
--
--   Of clawbacks of this node: writes down what the pay-out under the key of each has
--   taken, and says what the next one is to take. The key goes on with each pay-out
--   that was made, and no sooner: whatever becomes of a call, the next one bears the
--   same. One that was sent is looked for until a minute later, money or not.
--
-- Parameters
--   in_elsewhere  wanted is what nodes that answer have, as far as is known here; else
--                 what this part has
-- Returns   an array of {command_id, key, tenant, account_id, currency, left_minor,
--           wanted_minor}, numbers as JSON numbers
-- Locks     rows of clawbacks, in order of command id
-- Writes    clawbacks
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    self    constant integer := local_node_id();
    answers jsonb;
begin
    perform from clawbacks c where c.node_id = self and c.command_id = any (in_command_ids) order by c.command_id for update;
    with wanted as materialized (
        select c.command_id, a.tenant, a.currency, p.id, coalesce(p.amount_minor, 0) as minor,
               case when a.is_deleted then 0
                    else least(c.amount_minor - c.taken_minor - coalesce(p.amount_minor, 0), there.minor) end as wanted_minor
          from clawbacks c
          join accounts a on a.id = c.account_id
          -- One by one, by the index on keys.
          left join lateral (select o.id, o.amount_minor from pay_outs o
                              where key_hash_of(o) = key_hash(a.tenant, '', clawback_key(c)) and o.status = 'committed' limit 1) p on true
         cross join lateral (
               select case when in_elsewhere then minor_in_reach(c.account_id)
                           else coalesce((select b.balance_minor from account_balances b
                                           where b.account_id = c.account_id and b.node_id = self), 0) end as minor) there
         where c.node_id = self and c.command_id = any (in_command_ids)
    ), tried as (
        update clawbacks c
           set tried_at = clock_timestamp(), taken_minor = c.taken_minor + w.minor,
               pay_out_ids = case when w.id is null then c.pay_out_ids else c.pay_out_ids || w.id end,
               sent_at = case when w.wanted_minor > 0 then clock_timestamp()
                              when w.id is null and c.sent_at > clock_timestamp() - interval '1 minute' then c.sent_at end
          from wanted w
         where c.node_id = self and c.command_id = w.command_id
        returning c.*, clawback_key(c) as key, w.tenant, w.currency, w.wanted_minor
    )
    select jsonb_agg(jsonb_build_object(
               'command_id', t.command_id, 'key', t.key, 'tenant', t.tenant, 'account_id', t.account_id, 'currency', t.currency,
               'left_minor', t.amount_minor - t.taken_minor, 'wanted_minor', t.wanted_minor) order by t.command_id)
      into answers from tried t;
    return answers;
end;
$$;

create or replace function billing.clawback_key(in_clawback billing.clawbacks)
returns text
language sql
stable
as $$
-- Internal: of the next pay-out of a clawback, under a client without a name, which no token has. No settings, so that it is
-- inlined.
    select format('clawback %s %s %s', in_clawback.node_id, in_clawback.command_id, cardinality(in_clawback.pay_out_ids));
$$;
