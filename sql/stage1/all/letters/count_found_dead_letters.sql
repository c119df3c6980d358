create or replace function billing.count_found_dead_letters(
    in_state       billing.dead_letter_state,
    in_reason      billing.dead_letter_reason,
    in_account_id  bigint,
    in_tenants     text[] default '{default}'
)
returns bigint
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.count_found_dead_letters(4)
--
--   How many letters billing.find_dead_letters goes through, page after page.
--   Apart from it: a page costs no more for the letters behind it. How many
--   wait is billing.count_dead_letters.
--
-- Parameters
--   in_state, in_reason, in_account_id, in_tenants   null: any
-- ---------------------------------------------------------------------------
    select count(*)
      from dead_letters d
     where (in_tenants is null or d.tenant = any (in_tenants))
       and (in_state is null or d.state = in_state)
       and (in_reason is null or d.reason = in_reason)
       and (in_account_id is null or d.account_id = in_account_id);
$$;
