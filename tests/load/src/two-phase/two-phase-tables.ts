import type pg from 'pg';

/**
 * Both protocols on the same tables, with as little else as they need: no keys, no counters, no
 * breakers. What the system itself does on top of this is measured beside them.
 */
const tables = `
  create extension if not exists dblink;
  create schema two_phase;
  create table two_phase.balances (
    account_id    bigint primary key,
    balance_minor bigint not null check (balance_minor >= 0)
  ) with (fillfactor = 70);
  create table two_phase.entries (
    id            bigint generated always as identity primary key,
    account_id    bigint      not null,
    amount_minor  bigint      not null,
    operation_id  uuid        not null,
    created_at    timestamptz not null default now()
  );
  create table two_phase.reservations (
    attempt_id    uuid   primary key,
    account_id    bigint not null,
    amount_minor  bigint not null,
    state         text   not null
  );
  create table two_phase.attempts (
    attempt_id    uuid   primary key,
    state         text   not null,
    untold        boolean not null default true
  );

  -- The work itself: money leaves a part, an entry says so. Locks the row of balances.
  create function two_phase.debit(in_account bigint, in_amount bigint, in_attempt uuid) returns void
  language plpgsql as $$ begin
    update two_phase.balances set balance_minor = balance_minor - in_amount where account_id = in_account;
    insert into two_phase.entries (account_id, amount_minor, operation_id) values (in_account, -in_amount, in_attempt);
  end $$;

  create function two_phase.reserve(in_account bigint, in_amount bigint, in_attempt uuid) returns void
  language plpgsql as $$ begin
    perform two_phase.debit(in_account, in_amount, in_attempt);
    insert into two_phase.reservations values (in_attempt, in_account, in_amount, 'reserved');
  end $$;

  create function two_phase.settle(in_attempt uuid) returns void
  language sql as $$
    update two_phase.reservations set state = 'settled' where attempt_id = in_attempt and state = 'reserved';
  $$;

  create function two_phase.begin_attempt(in_account bigint, in_amount bigint, in_attempt uuid) returns void
  language plpgsql as $$ begin
    insert into two_phase.attempts values (in_attempt, 'pending');
    perform two_phase.reserve(in_account, in_amount, in_attempt);
  end $$;

  create function two_phase.decide(in_attempt uuid) returns void
  language plpgsql as $$ begin
    insert into two_phase.attempts values (in_attempt, 'committed')
    on conflict (attempt_id) do update set state = 'committed';
    perform two_phase.settle(in_attempt);
  end $$;

  create function two_phase.mark_told(in_attempt uuid) returns void
  language sql as $$
    update two_phase.attempts set untold = false where attempt_id = in_attempt;
  $$;

  -- One text for several nodes at once, over connections named by node. Waits for all of them, also
  -- when one has failed: what is still under way somewhere could be prepared after everybody left.
  create function two_phase.ask_nodes(in_nodes integer[], in_text text) returns void
  language plpgsql as $$
  declare node integer; answer text; code text; cause text;
  begin
    foreach node in array in_nodes loop
      perform public.dblink_send_query('node_' || node, in_text);
    end loop;
    foreach node in array in_nodes loop
      loop
        begin
          select r.answer into answer from public.dblink_get_result('node_' || node) as r (answer text);
        exception when others then
          get stacked diagnostics code = returned_sqlstate, cause = message_text;
          exit;
        end;
        exit when not found;
      end loop;
    end loop;
    if code is not null then
      raise exception '%', cause using errcode = code;
    end if;
  end $$;`;

export async function createTwoPhaseTables(
  session: pg.Client,
  accounts: number,
  balanceMinor: number,
): Promise<void> {
  await session.query(tables);
  await session.query(
    'insert into two_phase.balances select id, $2 from generate_series(1, $1::int) as a (id)',
    [accounts, balanceMinor],
  );
  await session.query('analyze');
}
