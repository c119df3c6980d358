\if :sample_data
set role billing_owner;
insert into billing.services (id, name, price_minor, currency)
values (1, 'Консультация специалиста',  5000, 'USD'),
       (2, 'Аренда оборудования',      10000, 'EUR'),
       (3, 'Обучение персонала',       20000, 'USD')
on conflict do nothing;
reset role;
\endif
