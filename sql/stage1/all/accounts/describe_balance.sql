create or replace function billing.describe_balance(in_balance_minor numeric, in_currency text)
returns jsonb
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: a balance as acts keep it, in major units, as the API says them: {"balance": "12.50", "currency": "USD"}
    select jsonb_build_object('balance', to_major(in_balance_minor, in_currency)::text, 'currency', in_currency);
$$;
