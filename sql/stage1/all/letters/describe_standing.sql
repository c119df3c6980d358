create or replace function billing.describe_standing(
    in_standing  text,
    in_letter    billing.dead_letters,
    in_last_act  billing.dead_letter_acts
)
returns billing.act_outcome
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: the outcome of an act on a letter that was not open: not_found, resolved, or what the same
-- act came to the first time.
    select case in_standing when 'repeated' then in_last_act.result else in_standing end,
           null::dead_letter_reason, null::text, in_last_act.act,
           coalesce(in_last_act.client_id, in_letter.resolved_by), coalesce(in_last_act.acted_at, in_letter.resolved_at);
$$;
