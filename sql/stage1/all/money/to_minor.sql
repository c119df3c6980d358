create or replace function billing.to_minor(in_amount numeric, in_currency text)
returns bigint
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.to_minor(2)
--
--   Major to minor units of a currency, never rounding.
--
-- Raises    GB001 null, NaN, infinite, more decimals than the currency has, or
--                 beyond bigint
--           GB005 unknown currency
-- ---------------------------------------------------------------------------
declare
    decimals integer := (select exponent from currencies where code = in_currency);
    minor    numeric;
begin
    if decimals is null then
        raise exception 'unknown currency %', in_currency using errcode = 'GB005';
    end if;
    if in_amount is null or in_amount in ('NaN', 'Infinity', '-Infinity') then
        raise exception 'not an amount: %', in_amount using errcode = 'GB001';
    end if;
    minor := in_amount * 10::numeric ^ decimals;
    if minor <> trunc(minor) then
        raise exception '% has more decimals than % has', in_amount, in_currency using errcode = 'GB001';
    end if;
    if abs(minor) > minor_max() then
        raise exception '% is beyond what can be kept', in_amount using errcode = 'GB001';
    end if;
    return minor::bigint;
end;
$$;
