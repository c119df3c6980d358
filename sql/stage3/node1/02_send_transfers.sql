-- The shares of the sample accounts, which no coordinator may be there to send. A node that is away gets its own later.
\if :sample_data
select from public.send_transfers();
\endif
