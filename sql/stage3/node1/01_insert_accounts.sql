-- Once: an account of the sample that has been opened, even if deleted since, is left alone.
\if :sample_data
do $$
declare
    sample record;
begin
    for sample in values ('Aleksandrov', 1000), ('Pavlichev', 2000), ('Shalaev', 3000) loop
        if not exists (select from billing.accounts where username = sample.column1) then
            perform public.add_account_balance(public.add_account(sample.column1), sample.column2, 1);
        end if;
    end loop;
end $$;
\endif
