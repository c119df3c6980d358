create or replace function billing.to_major(in_amount_minor numeric, in_currency text)
returns numeric
language sql
stable
set search_path = billing, pg_temp
as $$
-- Minor to major units, with as many decimals as the currency has.
    select round(in_amount_minor / 10::numeric ^ exponent, exponent) from currencies where code = in_currency;
$$;
