-- dblink and pgcrypto live in public, as they always did; 00a takes dblink away from PUBLIC.
create extension if not exists pglogical;
create extension if not exists dblink   schema public;
create extension if not exists pgcrypto schema public;
