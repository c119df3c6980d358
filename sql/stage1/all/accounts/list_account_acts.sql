create or replace function billing.list_account_acts(in_account_id bigint, in_limit integer)
returns table (act billing.account_act, client_id text, acted_at timestamptz, reason text, amount_minor bigint,
               left_minor numeric, correction_id uuid)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- What was done to an account by the word of somebody at this node, newest first: for callers of schema version 7, as
-- billing.list_acts tells all acts.
    select a.act, a.client_id, a.acted_at, a.reason, a.amount_minor, a.left_minor,
           case a.act when 'correct' then a.id end
      from account_acts a where a.account_id = in_account_id
     order by a.acted_at desc, a.id limit in_limit;
$$;
