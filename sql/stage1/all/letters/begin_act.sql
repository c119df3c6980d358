create or replace function billing.begin_act(
    in_topic        text,
    in_partition    integer,
    in_offset       bigint,
    in_incarnation  integer,
    in_act          billing.dead_letter_act,
    in_client_id    text,
    in_tenants      text[],
    out standing    text,
    out letter      billing.dead_letters,
    out last_act    billing.dead_letter_acts
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.begin_act(7)
--
--   First half of every act on a dead letter: takes the letter, so that of two
--   operators one comes first, and says how it stands.
--
-- Parameters
--   in_incarnation, in_tenants  as in billing.show_dead_letter
-- Returns
--   standing   not_found
--              open      for the caller to act
--              repeated  this client did this before: nothing is to be done
--              resolved  somebody, or this client, did something else before
--   last_act   the act that resolved it, of the last two
-- Locks     row of dead_letters
-- ---------------------------------------------------------------------------
begin
    select d.* into letter from dead_letters d
     where d.topic = in_topic and d.partition_id = in_partition and d.message_offset = in_offset
       and d.incarnation = coalesce(in_incarnation, 1) and (in_tenants is null or d.tenant = any (in_tenants))
       for update;
    if not found then
        standing := 'not_found';
        return;
    elsif letter.state = 'open' then
        standing := 'open';
        return;
    end if;
    select a.* into last_act from dead_letter_acts a
     where a.topic = letter.topic and a.partition_id = letter.partition_id
       and a.message_offset = letter.message_offset and a.incarnation = letter.incarnation and a.act <> 'retry'
     order by a.id desc
     limit 1;
    standing := case when last_act.act = in_act and last_act.client_id = in_client_id then 'repeated'
                     else 'resolved' end;
end;
$$;
