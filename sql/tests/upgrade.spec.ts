import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCluster, type Cluster } from '@billing/cluster';
import { ask, psql, testsFolder } from './psql.js';
import { runPipeline } from './run-pipeline.js';

// What schema version 6 has, brought up to date while its services run. To go with version 8.
let cluster: Cluster;

const timeoutMs = 120_000;
const fact = (name: string, prove: () => Promise<void>): void => test(name, prove, timeoutMs);

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 1,
    members: ['postgres'],
    pipeline: true,
    postgres: { fsync: false },
  });
}, 120_000);

afterAll(() => cluster?.destroy(), 60_000);

async function bringUpToDate(): Promise<void> {
  const run = await runPipeline(cluster, [1]);
  expect([run.code, run.output]).toEqual([0, run.output]);
}

// Some of the functions that have more parameters now, as version 6 had them: they say nothing.
const functionsOfVersion6 = `
  set role billing_owner;
  drop function billing.pay_out(text[], text[], bytea[], bigint[], bigint[], text[], boolean[], integer[], text[], text[],
                                integer[], bytea[], text[], jsonb[], jsonb[]),
    billing.open_account(text, text, bytea, text, text, bigint, text),
    billing.get_account(bigint, text[]),
    billing.get_pay_in(uuid, integer, text, integer, bigint, text[]),
    billing.count_dead_letters(text[]),
    billing.show_dead_letter(text, integer, bigint, integer, text[]);
  create function billing.pay_out(text[], text[], bytea[], bigint[], bigint[], text[], boolean[], integer[], text[], text[],
                                  integer[] default null, bytea[] default null)
    returns table (ordinal integer, status text, pay_out_id uuid, created_at timestamptz, local_minor bigint, attempt jsonb, known jsonb)
    language sql as 'select null::integer, null, null::uuid, null::timestamptz, null::bigint, null::jsonb, null::jsonb where false';
  create function billing.open_account(text, text, bytea, text, text, bigint, out status text, out account_id bigint)
    language sql as $$ select 'invalid_username', null::bigint $$;
  create function billing.get_account(in_account_id bigint)
    returns table (id bigint, username text, currency char(3), is_deleted boolean, created_at timestamptz)
    language sql as 'select null::bigint, null, null::char(3), null::boolean, null::timestamptz where false';
  create function billing.get_pay_in(in_command_id uuid, in_node_id integer, in_topic text, in_partition integer, in_offset bigint,
      out outcome text, out node_id integer, out account_id bigint, out amount_minor bigint, out currency char(3),
      out reference text, out metadata jsonb, out occurred_at timestamptz, out reason billing.dead_letter_reason, out detail text)
    language sql as $$ select 'unknown', null::integer, null::bigint, null::bigint, null::char(3), null, null::jsonb,
                              null::timestamptz, null::billing.dead_letter_reason, null $$;
  create function billing.count_dead_letters() returns table (reason text, letters bigint)
    language sql as 'select null, 0::bigint where false';
  create function billing.show_dead_letter(text, integer, bigint, integer) returns setof billing.dead_letters
    language sql security definer as 'select * from billing.dead_letters where false';
  create function billing.judge_unapplied(uuid, bigint, bigint, text, text, billing.dead_letter_reason, text, boolean, boolean)
    returns text language sql as $$ select 'parked' $$;
  grant execute on function billing.open_account(text, text, bytea, text, text, bigint),
    billing.pay_out(text[], text[], bytea[], bigint[], bigint[], text[], boolean[], integer[], text[], text[], integer[], bytea[])
    to billing_coordinator;
  grant execute on function billing.get_account(bigint), billing.get_pay_in(uuid, integer, text, integer, bigint),
    billing.count_dead_letters(), billing.show_dead_letter(text, integer, bigint, integer) to billing_gateway;
`;

// And as version 7 had them.
const functionsOfVersion7 = `
  drop function billing.correct_balance(text, text, bytea, bigint, bigint, text, text, text[], inet),
    billing.discard_dead_letter(text, integer, bigint, integer, text, text, text[], inet),
    billing.delete_home_account(bigint, text, text, numeric, inet, jsonb);
  create function billing.correct_balance(text, text, bytea, bigint, bigint, text, text, text[] default '{default}',
      out status text, out correction_id uuid, out balance_minor bigint, out currency text)
    language sql as $$ select 'account_not_found', null::uuid, null::bigint, null $$;
  create function billing.discard_dead_letter(text, integer, bigint, integer, text, text, text[] default '{default}')
    returns billing.act_outcome language sql as $$ select row('not_found', null, null, null, null, null)::billing.act_outcome $$;
  create function billing.delete_home_account(bigint, text, text, numeric) returns void
    language sql security definer as $$ select $$;
  grant execute on function billing.correct_balance(text, text, bytea, bigint, bigint, text, text, text[]),
    billing.discard_dead_letter(text, integer, bigint, integer, text, text, text[]) to billing_coordinator;
  grant execute on function billing.delete_home_account(bigint, text, text, numeric) to billing_peer;
`;

// As the services of versions 6 and 7 call them: text for every parameter, its type left to the server.
const callsOfBefore: Readonly<Record<string, string>> = {
  billing_coordinator: `
    select from billing.pay_out('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', null, null);
    select from billing.open_account('shop', 'key', 'x', '', 'USD', '0');
    select from billing.correct_balance('ops', 'key', 'x', '64', '1', 'USD', 'why', '{default}');
    select from billing.discard_dead_letter('billing.payin', '0', '1', null, 'ops', 'why', '{default}');`,
  billing_peer: `
    do $$ begin perform billing.delete_home_account('1', 'ops', 'why', '0'); exception when sqlstate 'GB002' then null; end $$;`,
  billing_gateway: `
    select from billing.get_account('64');
    select from billing.get_pay_in('0191d2c8-7a1b-7c3d-8e4f-5a6b7c8d9e0f', null, null, null, null);
    select from billing.count_dead_letters();
    select from billing.show_dead_letter('billing.payin', '0', '1', null);`,
  billing_ledger_worker: `
    select from billing.retry_parked_pay_ins('5', '1 hour');`,
};

fact(
  'services of versions 6 and 7 are answered all the while their functions are replaced',
  async () => {
    // As a fresh set-up has it, rights included.
    const list = readFileSync(join(testsFolder, 'list_schema.sql'), 'utf8');
    const schema = async (): Promise<string> =>
      (await psql(cluster, 1, list, { args: ['-q'] })).output;
    const before = await schema();
    const made = await psql(cluster, 1, functionsOfVersion6 + functionsOfVersion7, {
      args: ['-qAt', '-v', 'ON_ERROR_STOP=1'],
      notices: false,
    });
    expect([made.code, made.output]).toEqual([0, '']);

    let isOver = false;
    const calling = Object.entries(callsOfBefore).map(async ([role, calls]) => {
      const said = new Set<string>();
      let turns = 0;
      while (!isOver) {
        const { output } = await psql(cluster, 1, calls.repeat(100), {
          role,
          args: ['-qAt'],
          notices: false,
        });
        // One that is dropped between its name and its call is asked for once more by all services (ADR 16, stale).
        const mayBeSaid = /ERROR: +cache lookup failed for function \d+$/;
        for (const line of output.split('\n')) {
          if (line.includes('ERROR') && !mayBeSaid.test(line)) said.add(line);
        }
        turns += 1;
      }
      return { role, turns, said: [...said] };
    });
    try {
      await bringUpToDate();
    } finally {
      isOver = true;
    }
    const answers = await Promise.all(calling);
    expect(answers.map(({ role, said }) => [role, said])).toEqual(
      Object.keys(callsOfBefore).map((role) => [role, []]),
    );
    for (const { turns } of answers) expect(turns).toBeGreaterThan(1);
    await ask(cluster, 1, `delete from billing.audit_runs where walk = 'probe'`);
    expect((await schema()).split('\n')).toEqual(before.split('\n'));
  },
);

fact(
  'keys are per tenant once indexes of version 6 have gone, and none of before is lost',
  async () => {
    const account = await ask(cluster, 1, `select add_account('Shalaev')`);
    await ask(
      cluster,
      1,
      `drop index billing.pay_outs_key_hash, billing.account_openings_once, billing.account_acts_once;
     create unique index pay_outs_key on billing.pay_outs (client_id, idempotency_key);
     alter table billing.account_openings add primary key (client_id, idempotency_key);
     alter table billing.account_acts add unique (client_id, idempotency_key);
     insert into billing.pay_outs (id, client_id, idempotency_key, fingerprint, account_id, amount_minor, status)
     values ('0191d2c8-7a1b-8001-8e4f-5a6b7c8d9e01', 'shop', 'k', 'x', ${account}, 1, 'committed')`,
    );
    const before = await ask(cluster, 1, indexes);
    await bringUpToDate();
    expect(before).not.toBe(await ask(cluster, 1, indexes));
    expect(await ask(cluster, 1, indexes)).toBe(
      'billing.account_acts_once\nbilling.account_openings_once\nbilling.pay_outs_key_hash',
    );
    const again = (tenant: string): Promise<string> =>
      ask(
        cluster,
        1,
        `select status from billing.pay_out('{shop}', '{k}', '{y}', '{${account}}', '{1}', '{USD}', '{f}', '{100}', '{null}',
                                          '{null}', null, null, '{${tenant}}')`,
      );
    expect(await again('default')).toBe('idempotency_conflict');
    expect(await again('acme')).toBe('account_not_found');
  },
);

const indexes = `select indexrelid::regclass::text from pg_index
                  where indrelid in ('billing.pay_outs'::regclass, 'billing.account_openings'::regclass, 'billing.account_acts'::regclass)
                    and indisunique and (indnkeyatts > 1 or indexprs is not null) order by 1`;
