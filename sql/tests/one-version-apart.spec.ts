import { appendFileSync, cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startCluster, type Cluster } from '@billing/cluster';
import { ask, eventually, psql, testsFolder } from './psql.js';
import { nodeList, runPipeline } from './run-pipeline.js';

// Three nodes as schema version 5 set them up, whose upgrade is not complete, brought to a version with a new column and a new table one by one,
// while money comes in at each (docs/adr/0028).
const nodes = [1, 2, 3];
let cluster: Cluster;
let nextVersion: string;

const timeoutMs = 120_000;
const fact = (name: string, prove: () => Promise<void>): void => test(name, prove, timeoutMs);

const replaceIn = (path: string, from: string, to: string): void => {
  const text = readFileSync(join(nextVersion, path), 'utf8');
  if (!text.includes(from)) throw new Error(`${path} has no "${from}"`);
  writeFileSync(join(nextVersion, path), text.replace(from, to));
};

/** The SQL of today with `accounts.colour` and `billing.paints`, in the home, where psql sees it on both engines. */
function writeNextVersion(): void {
  nextVersion = join(mkdtempSync(join(cluster.home, 'sql-')), 'sql');
  cpSync(dirname(testsFolder), nextVersion, { recursive: true });
  writeFileSync(
    join(nextVersion, 'stage1/all/tables/add_colours.sql'),
    `set role billing_owner;
    alter table billing.accounts add column if not exists colour text not null default 'none';
    create table if not exists billing.paints (node_id integer primary key, name text not null);
    insert into billing.paints values (billing.local_node_id(), 'paint of ' || billing.local_node_id()) on conflict do nothing;
    reset role;\n`,
  );
  replaceIn(
    'stage1/all/replication/sent_tables.sql',
    ',debits_frozen,credits_frozen}',
    ',debits_frozen,credits_frozen,colour}',
  );
  replaceIn(
    'stage1/all/replication/sent_tables.sql',
    '(values',
    `(values ('paints', 'owned', '{node_id,name}'),`,
  );
  appendFileSync(
    join(nextVersion, 'stage1/all/grants.sql'),
    `grant select on billing.paints to billing_replicator; grant insert on billing.paints to billing_copier;\n`,
  );
}

const bringUpToDate = (nodeIds: readonly number[]): ReturnType<typeof runPipeline> =>
  runPipeline(cluster, nodeIds, { BILLING_PEER_NODES: nodeList(cluster, nodes) }, nextVersion);

const statuses = (nodeId: number): Promise<string> =>
  ask(cluster, nodeId, 'select distinct status from pglogical.show_subscription_status()');

/** Opened at one node; at every node once it has arrived. */
async function openEverywhere(nodeId: number, name: string, colour?: string): Promise<string> {
  const id = await ask(cluster, nodeId, `select add_account('${name}')`);
  if (colour !== undefined) {
    await ask(
      cluster,
      nodeId,
      `set session_replication_role = replica; update billing.accounts set colour = '${colour}' where id = ${id}`,
    );
  }
  const there = `select count(*) from billing.accounts where id = ${id}`;
  for (const other of nodes) {
    expect(await eventually(() => ask(cluster, other, there), '1')).toBe('1');
  }
  return id;
}

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 3,
    members: ['postgres'],
    pipeline: true,
    postgres: { fsync: false },
  });
  writeNextVersion();
  for (const nodeId of nodes) {
    // Sets without names of columns.
    const made = await psql(
      cluster,
      nodeId,
      `select pglogical.replication_set_remove_table('node${nodeId}_set', t.relation),
              pglogical.replication_set_add_table('node${nodeId}_set', t.relation, false, null, t.row_filter)
         from billing.sent_tables() t;`,
      { args: ['-qAt', '-v', 'ON_ERROR_STOP=1'] },
    );
    expect([made.code, made.output]).toEqual([0, made.output]);
    const named = `select count(*) from pglogical.replication_set_table t join pglogical.replication_set s using (set_id)
                    where s.set_name like 'node%_set' and t.set_att_list is not null`;
    expect(await ask(cluster, nodeId, named)).toBe('0');
    await ask(cluster, nodeId, 'delete from billing.completed_upgrades');
  }
}, 120_000);

afterAll(() => cluster?.destroy(), 60_000);

/** Deposits of 1.00 at every node until it is told to end: how many were made. */
function depositAll(accountId: string): () => Promise<number> {
  let isOver = false;
  const deposits = nodes.map(async (nodeId) => {
    let count = 0;
    for (; !isOver; count += 1) {
      await ask(cluster, nodeId, `select deposit_balance(${accountId}, 1, ${nodeId})`);
    }
    return count;
  });
  return async () => {
    isOver = true;
    return (await Promise.all(deposits)).reduce((sum, count) => sum + count, 0);
  };
}

fact(
  'what is new is sent to nobody before every node has it, then all of it, under load',
  async () => {
    const account = await openEverywhere(1, 'Aleksandrov');
    const endDeposits = depositAll(account);
    let red: string;
    let long: string;
    let deposits: number;
    try {
      const first = await bringUpToDate([1]);
      expect(first.output).toContain(
        'not sent to the other nodes yet: colour of billing.accounts: node 2 has not got it, node 3 has not got it.',
      );
      expect(first.output).toContain('of billing.paints: node 2 has not got it');
      expect(first.code).toBe(0);
      red = await openEverywhere(1, 'red', 'red');
      // Long and not to be compressed: it stands beside the table.
      long = await openEverywhere(1, 'long');
      await ask(
        cluster,
        1,
        `set session_replication_role = replica;
       update billing.accounts
          set colour = (select string_agg(gen_random_uuid()::text, '') from generate_series(1, 400)) where id = ${long}`,
      );
      await openEverywhere(2, 'behind');

      const second = await bringUpToDate([2]);
      expect(second.output).toContain('colour of billing.accounts: node 3 has not got it.');
      expect(second.output).not.toContain('node 1 has not got it');
      expect(second.code).toBe(0);
      await openEverywhere(2, 'blue', 'blue');

      const third = await bringUpToDate([3]);
      expect([third.code, third.output]).toEqual([0, third.output]);
      expect(third.output).not.toContain('not sent');
      await openEverywhere(3, 'green', 'green');
      // Each node sends once it has seen that the others are ready.
      const again = await bringUpToDate(nodes);
      expect([again.code, again.output]).toEqual([0, again.output]);
      expect(again.output).not.toContain('not sent');
    } finally {
      deposits = await endDeposits();
    }
    const colours = `select string_agg(left(colour, 5), ' ' order by id % 64, id) from billing.accounts where id <> ${long}`;
    const longColour = `select md5(colour) from billing.accounts where id = ${long}`;
    const wanted = await ask(cluster, 1, longColour);
    const paints = `select string_agg(name, ', ' order by node_id) from billing.paints`;
    const balance = `select sum(balance_minor) from billing.account_balances where account_id = ${account}`;
    for (const nodeId of nodes) {
      const coloured = 'none red none blue green';
      expect(await eventually(() => ask(cluster, nodeId, colours), coloured)).toBe(coloured);
      expect(await eventually(() => ask(cluster, nodeId, longColour), wanted)).toBe(wanted);
      const painted = 'paint of 1, paint of 2, paint of 3';
      expect(await eventually(() => ask(cluster, nodeId, paints), painted)).toBe(painted);
      const all = String(deposits * 100);
      expect(await eventually(() => ask(cluster, nodeId, balance), all)).toBe(all);
      expect(await statuses(nodeId)).toBe('replicating');
    }
    expect(deposits).toBeGreaterThan(30);
    // Changed later, it is sent as any other.
    await ask(
      cluster,
      1,
      `set session_replication_role = replica; update billing.accounts set colour = 'ruby' where id = ${red}`,
    );
    const colour = `select colour from billing.accounts where id = ${red}`;
    expect(await eventually(() => ask(cluster, 3, colour), 'ruby')).toBe('ruby');
  },
);

fact('a peer that cannot be asked is said to be, and a later run sends it', async () => {
  writeFileSync(
    join(nextVersion, 'stage1/all/tables/add_shapes.sql'),
    'alter table billing.services add column if not exists shape text;\n',
  );
  const sentTables = 'stage1/all/replication/sent_tables.sql';
  replaceIn(sentTables, 'unit,retired_at}', 'unit,retired_at,shape}');
  await bringUpToDate([2, 3]);
  const isSent = `select 'shape' = any (columns) from billing.list_sent_columns()
                   where relation = 'billing.services'::regclass`;
  await ask(cluster, 3, 'alter role billing_peer_1 connection limit 0');
  const run = await bringUpToDate([1]);
  expect(run.output).toContain(
    'shape of billing.services: node 3 cannot be asked (node 3 cannot be reached)',
  );
  expect([run.code, await ask(cluster, 1, isSent)]).toEqual([0, 'f']);

  await ask(cluster, 3, 'alter role billing_peer_1 connection limit -1');
  const again = await bringUpToDate([1]);
  expect([again.code, again.output]).toEqual([0, again.output]);
  expect(again.output).not.toContain('not sent');
  expect(await ask(cluster, 1, isSent)).toBe('t');
});

// pglogical frees what it knows of a table when the table's set changes (docs/faults-found.md). Held in its filter here, a sender would come
// back to no list of columns and send all there are: to receivers that have not got them, so they would end, and it with them.
fact('a set does not change while a process that sends is in the middle of a row', async () => {
  await ask(cluster, 1, "alter table billing.services add column shade text default 'none'");
  await ask(
    cluster,
    1,
    `create table public.releases ();
     grant execute on function pg_advisory_lock_shared(bigint) to billing_replicator;
     select pglogical.replication_set_remove_table('node1_set', 'billing.services'),
            pglogical.replication_set_add_table('node1_set', 'billing.services', false, '{id,name,price_minor,currency}',
              $$case when pg_advisory_lock_shared(28) is null then false else pg_relation_size('pg_am', 'main') >= 0 end$$);`,
  );
  const senders = `select string_agg(active_pid::text, ' ' order by slot_name) from pg_replication_slots`;
  const before = await ask(cluster, 1, senders);
  const held = `select count(*) from pg_locks where locktype = 'advisory' and objid = 28 and`;
  const holder = ask(
    cluster,
    1,
    `select pg_advisory_lock(28);
     do $$ begin while not exists (select from public.releases) loop perform pg_sleep(0.05); end loop; end $$`,
  );
  expect(await eventually(() => ask(cluster, 1, `${held} granted`), '1')).toBe('1');
  await ask(
    cluster,
    1,
    `insert into public.services (name, price, currency) values ('held', 1, 'USD')`,
  );
  expect(await eventually(() => ask(cluster, 1, `${held} not granted`), '2')).toBe('2');

  let isOver = false;
  const running = bringUpToDate([1]).finally(() => (isOver = true));
  const isWaiting = `select count(*) > 0 from pg_stat_activity
                      where application_name = 'billing_run_sql' and query ~ 'pg_temp.unsent' and wait_event = 'PgSleep'`;
  while (!isOver && (await ask(cluster, 1, isWaiting)) !== 't');
  await ask(cluster, 1, 'insert into public.releases default values');
  await holder;

  const run = await running;
  expect([run.code, run.output]).toEqual([0, run.output]);
  expect(run.output).not.toContain('not sent');
  const there = `select count(*) from billing.services where name = 'held'`;
  for (const nodeId of nodes) {
    expect(await eventually(() => ask(cluster, nodeId, there), '1')).toBe('1');
  }
  expect(await ask(cluster, 1, senders)).toBe(before);
});

fact('a column goes once no receiver needs a value for it', async () => {
  // Node 3 still has it as it was: without a default, and never null.
  const name = (nodeId: number, how: string): Promise<string> =>
    ask(cluster, nodeId, `alter table billing.paints alter column name ${how} not null`);
  await Promise.all([name(1, 'drop'), name(2, 'drop')]);
  replaceIn('stage1/all/replication/sent_tables.sql', "'{node_id,name}'", "'{node_id}'");
  const run = await bringUpToDate([1]);
  expect(run.output).toContain(
    'sent to the other nodes still: name of billing.paints: node 3 needs a value there',
  );
  expect(run.code).toBe(0);
  const sent = `select columns from billing.list_sent_columns() where relation = 'billing.paints'::regclass`;
  expect(await ask(cluster, 1, sent)).toBe('{node_id,name}');
  await name(3, 'drop');
  expect((await bringUpToDate(nodes)).output).not.toContain('still');
  expect(await ask(cluster, 1, sent)).toBe('{node_id}');
});

fact('apps of the version before are served until the upgrade is said to be complete', async () => {
  const versions = 'select billing.schema_version(), billing.newest_schema_version()';
  const [oldest, newest] = (await ask(cluster, 1, versions, 'billing_gateway')).split('|');
  expect(Number(oldest)).toBe(Number(newest) - 1);
  const refused = await runPipeline(cluster, [1], { BILLING_COMPLETE_UPGRADE: 'yes' });
  expect([refused.code, refused.output]).toEqual([
    1,
    expect.stringContaining('BILLING_COMPLETE_UPGRADE is 0 or 1, not "yes"'),
  ]);
  const complete = { BILLING_COMPLETE_UPGRADE: '1', BILLING_PEER_NODES: nodeList(cluster, nodes) };
  await ask(cluster, 2, 'alter role billing_peer_1 connection limit 0');
  const early = await runPipeline(cluster, [1], complete, nextVersion);
  expect([early.code, early.output]).toEqual([
    1,
    expect.stringContaining('not complete as far as is known: node 2 cannot be asked'),
  ]);
  await ask(cluster, 2, 'alter role billing_peer_1 connection limit -1');
  const run = await runPipeline(cluster, [1], complete, nextVersion);
  expect([run.code, run.output]).toEqual([0, run.output]);
  expect(await ask(cluster, 1, versions, 'billing_gateway')).toBe(`${newest}|${newest}`);
  expect(await ask(cluster, 1, 'select completed_by from billing.completed_upgrades')).toBe(
    cluster.topology.superuser,
  );
  expect(await ask(cluster, 2, versions)).toBe(`${oldest}|${newest}`);
});
