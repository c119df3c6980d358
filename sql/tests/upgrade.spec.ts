import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCluster, type Cluster } from '@billing/cluster';
import { ask, psql, testsFolder } from './psql.js';
import { runPipeline } from './run-pipeline.js';

// What schema version 4 has, brought up to date while its services run. To go with version 7.
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

// Functions that have another signature or another result now, as version 4 had them: they say nothing.
const functionsOfVersion4 = `
  set role billing_owner;
  drop function billing.pay_out(text[], text[], bytea[], bigint[], bigint[], text[], boolean[], integer[], text[], text[],
                                integer[], bytea[]),
    billing.record_audit(text, boolean, text, bigint, jsonb, boolean, boolean, bigint),
    billing.get_pay_in(uuid, integer, text, integer, bigint),
    billing.delete_account(bigint, text, integer, boolean, text),
    billing.list_unpublished_dead_letters(integer, bigint, integer, timestamptz, text, integer, bigint, integer),
    billing.list_copies(), billing.see_parts(bigint, integer);
  drop function if exists billing.delete_account(bigint, integer), billing.list_unpublished_dead_letters(integer);
  create function billing.pay_out(text[], text[], bytea[], bigint[], bigint[], text[], boolean[], integer[], text[], text[])
    returns table (ordinal integer, status text, pay_out_id uuid, created_at timestamptz, local_minor bigint, attempt jsonb, known jsonb)
    language sql as 'select null::integer, null, null::uuid, null::timestamptz, null::bigint, null::jsonb, null::jsonb where false';
  create function billing.record_audit(in_walk text, in_is_first boolean, in_status text, in_checked bigint, in_findings jsonb,
      in_is_last boolean, in_is_complete boolean, out appeared jsonb, out resolved jsonb)
    language sql as $$ select '[]'::jsonb, '[]'::jsonb $$;
  create function billing.get_pay_in(in_command_id uuid, in_node_id integer, in_topic text, in_partition integer, in_offset bigint,
      out outcome text, out node_id integer, out account_id bigint, out amount_minor bigint, out currency char(3),
      out reference text, out occurred_at timestamptz, out reason billing.dead_letter_reason, out detail text)
    language sql as $$ select 'unknown', null::integer, null::bigint, null::bigint, null::char(3), null, null::timestamptz,
                              null::billing.dead_letter_reason, null $$;
  create function billing.delete_account(in_account_id bigint, in_timeout_ms integer default 5000, out status text, out home_node_id integer)
    language sql as $$ select 'not_found', 0 $$;
  create function billing.list_unpublished_dead_letters(in_limit integer) returns setof billing.dead_letters
    language sql security definer as 'select * from billing.dead_letters where false';
  create or replace function billing.retry_parked_pay_ins(in_limit integer, in_age_limit interval, out applied integer, out dead integer, out waiting integer)
    language plpgsql security definer as $$ begin applied := 0; dead := 0; waiting := 0; end; $$;
  create function billing.set_aside(uuid, integer, bigint, uuid, integer, bigint, timestamptz) returns void language sql as 'select';
  create function billing.judge_known(billing.pay_outs, bytea) returns text language sql as $$ select 'known' $$;
  grant execute on function billing.pay_out(text[], text[], bytea[], bigint[], bigint[], text[], boolean[], integer[], text[], text[]),
    billing.record_audit(text, boolean, text, bigint, jsonb, boolean, boolean), billing.delete_account(bigint, integer) to billing_coordinator;
  grant execute on function billing.get_pay_in(uuid, integer, text, integer, bigint) to billing_gateway;
  grant execute on function billing.list_unpublished_dead_letters(integer) to billing_ledger_worker;
`;

// As the services of version 4 call them: text for every parameter, its type left to the server.
const callsOfVersion4: Readonly<Record<string, string>> = {
  billing_coordinator: `
    select from billing.pay_out('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}');
    select from billing.record_audit('probe', 'f', 'ok', '0', '[]', 'f', 'f');
    select from billing.delete_account('64', '500');`,
  billing_gateway: `
    select from billing.get_pay_in('0191d2c8-7a1b-7c3d-8e4f-5a6b7c8d9e0f', null, null, null, null);
    select from billing.count_open_dead_letters();`,
  billing_ledger_worker: `
    select from billing.list_unpublished_dead_letters('5');
    select from billing.retry_parked_pay_ins('5', '1 hour');`,
};

fact('services of version 4 are answered all the while their functions are replaced', async () => {
  // As a fresh set-up has it, rights included.
  const list = readFileSync(join(testsFolder, 'list_schema.sql'), 'utf8');
  const schema = async (): Promise<string> =>
    (await psql(cluster, 1, list, { args: ['-q'] })).output;
  const before = await schema();
  const made = await psql(cluster, 1, functionsOfVersion4, {
    args: ['-qAt', '-v', 'ON_ERROR_STOP=1'],
    notices: false,
  });
  expect([made.code, made.output]).toEqual([0, '']);

  let isOver = false;
  const calling = Object.entries(callsOfVersion4).map(async ([role, calls]) => {
    const said = new Set<string>();
    let turns = 0;
    while (!isOver) {
      const { output } = await psql(cluster, 1, calls.repeat(100), {
        role,
        args: ['-qAt'],
        notices: false,
      });
      for (const line of output.split('\n')) if (line.includes('ERROR')) said.add(line);
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
    Object.keys(callsOfVersion4).map((role) => [role, []]),
  );
  for (const { turns } of answers) expect(turns).toBeGreaterThan(1);
  await ask(cluster, 1, `delete from billing.audit_runs where walk = 'probe'`);
  expect((await schema()).split('\n')).toEqual(before.split('\n'));
});

fact('an account with money is not deleted by a coordinator of version 4 either', async () => {
  const [rich, poor] = await Promise.all(
    ['Aleksandrov', 'Pavlichev'].map((name) => ask(cluster, 1, `select add_account('${name}')`)),
  );
  await ask(cluster, 1, `select deposit_balance(${rich}, 5, 1)`);
  const call = (id: string): string =>
    `prepare old as select * from billing.delete_account($1, $2); execute old('${id}', '5000')`;
  await expect(ask(cluster, 1, call(rich!), 'billing_coordinator')).rejects.toThrow('is not empty');
  expect(await ask(cluster, 1, call(poor!), 'billing_coordinator')).toBe('deleted|1');
  const doers = `select distinct client_id from billing.list_account_acts(${poor}, 10)`;
  expect(await ask(cluster, 1, doers)).toBe('a coordinator of schema version 4');
});

fact(
  'metadata that version 4 kept apart from its pay-out moves to it, as often as there is some',
  async () => {
    const payOut = (nth: number): string => `0191d2c8-7a1b-8001-8e4f-5a6b7c8d9e0${nth}`;
    const payIn = '0191d2c8-7a1b-7c3d-8e4f-5a6b7c8d9e0f';
    const kept = `select metadata from billing.operation_metadata order by metadata::text;
    select id, metadata from billing.pay_outs order by id`;
    const account = await ask(cluster, 1, `select add_account('Shalaev')`);
    await ask(
      cluster,
      1,
      `alter table billing.pay_outs drop column metadata;
     insert into billing.pay_outs (id, client_id, idempotency_key, fingerprint, account_id, amount_minor, status)
     select format('0191d2c8-7a1b-8001-8e4f-5a6b7c8d9e0%s', n)::uuid, 'shop', 'upgraded ' || n, 'x', ${account}, 1, 'rejected'
       from generate_series(1, 3) n;
     select billing.credit_pay_ins(0, array['${payOut(2)}'::uuid], '{${account}}', '{1}', '{USD}', null, '{}');
     insert into billing.operation_metadata values ('${payOut(1)}', '{"orderId": 9007199254740993}'),
       ('${payOut(2)}', '{"of": "a refund"}'), ('${payIn}', '{"of": "a pay-in"}')`,
    );
    await bringUpToDate();
    expect(await ask(cluster, 1, kept)).toBe(
      `{"of": "a pay-in"}\n{"of": "a refund"}
${payOut(1)}|{"orderId": 9007199254740993}\n${payOut(2)}|\n${payOut(3)}|`,
    );
    // Written by services that still ran; and what a pay-in says under the id of a pay-out that has some stays its own.
    await ask(
      cluster,
      1,
      `insert into billing.operation_metadata values ('${payOut(3)}', '{"late": true}'), ('${payOut(1)}', '{"of": "a pay-in, too"}')`,
    );
    await bringUpToDate();
    expect(await ask(cluster, 1, kept)).toBe(
      `{"of": "a pay-in"}\n{"of": "a pay-in, too"}\n{"of": "a refund"}
${payOut(1)}|{"orderId": 9007199254740993}\n${payOut(2)}|\n${payOut(3)}|{"late": true}`,
    );
  },
);
