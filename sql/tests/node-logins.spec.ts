import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startCluster, type Cluster } from '@billing/cluster';
import { ask, eventually, psql } from './psql.js';
import { nodeList, runPipeline } from './run-pipeline.js';

// As whom nodes come to each other: each under a name of its own, whose password can be changed while all goes on.
const nodes = [1, 2, 3];
let cluster: Cluster;

const timeoutMs = 120_000;
const fact = (name: string, prove: () => Promise<void>): void => test(name, prove, timeoutMs);

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 3,
    members: ['postgres'],
    pipeline: true,
    postgres: { fsync: false },
  });
}, 120_000);

afterAll(() => cluster?.destroy(), 60_000);

const passwordFile = (role: string): string => cluster.secrets.passwordFile(role);
const asNode = (nodeId: number, to: number): Promise<string> =>
  ask(
    cluster,
    nodeId,
    `select billing.query_node(connect_to_node(${to}), 'select session_user::text')`,
  );
const copiers = (provider: number): Promise<string> =>
  ask(
    cluster,
    provider,
    `select string_agg(usename, ' ' order by usename) from pg_stat_activity where backend_type = 'walsender'`,
  );

async function bringUpToDate(
  nodeIds: readonly number[] = nodes,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const run = await runPipeline(cluster, nodeIds, {
    BILLING_PEER_NODES: nodeList(cluster, nodes),
    ...environment,
  });
  expect([run.code, run.output]).toEqual([0, run.output]);
  return run.output;
}

/** What fails of new connections, node 1's to node 2 and an app's to node 1, while something is done. */
async function failuresWhile(
  appLogin: string,
  act: () => Promise<unknown>,
): Promise<{ turns: number; failures: string[] }> {
  let isOver = false;
  let turns = 0;
  const failures: string[] = [];
  const calling = (async () => {
    while (!isOver) {
      for (const turn of [
        () => asNode(1, 2),
        () => ask(cluster, 1, 'select billing.local_node_id()', appLogin),
      ]) {
        await turn().catch((error: unknown) => failures.push(String(error)));
        turns += 1;
      }
    }
  })();
  await act().finally(() => (isOver = true));
  await calling;
  return { turns, failures };
}

const roles = ['billing_peer_1', 'billing_replicator_1', 'billing_coordinator'];

fact('each node comes to each other under its own name', async () => {
  for (const [from, to] of [
    [1, 2],
    [2, 1],
    [3, 1],
  ] as const) {
    expect(await asNode(from, to)).toBe(`billing_peer_${from}`);
  }
  expect(await copiers(1)).toBe('billing_replicator_2 billing_replicator_3');
  const names = `select string_agg(rolname, ' ' order by rolname) from pg_roles where rolcanlogin and rolname ~ '^billing_.*_\\d'`;
  expect(await ask(cluster, 1, names)).toBe(
    'billing_peer_2 billing_peer_3 billing_replicator_2 billing_replicator_3',
  );
});

fact('a node does not let itself in, nor anybody as a node without a number', async () => {
  for (const role of ['billing_peer_1', 'billing_peer', 'billing_replicator']) {
    const { code, output } = await psql(cluster, 1, 'select 1', { role });
    expect([code, output]).toEqual([2, expect.stringContaining('authentication failed')]);
  }
});

fact(
  'a twin takes over, and the first name goes, while connections are made throughout',
  async () => {
    for (const role of roles) writeFileSync(passwordFile(`${role}_twin`), `twin's \\ of "${role}`);
    const joined = await failuresWhile('billing_coordinator', () => bringUpToDate());
    expect(joined).toEqual({ turns: joined.turns, failures: [] });
    expect(joined.turns).toBeGreaterThan(10);
    expect(await asNode(1, 2)).toBe('billing_peer_1_twin');
    expect(
      await eventually(() => copiers(2), 'billing_replicator_1_twin billing_replicator_3'),
    ).toBe('billing_replicator_1_twin billing_replicator_3');
    // The coordinator's own steps, committed over a connection to itself.
    expect(await ask(cluster, 1, `select billing.call_self('select to_jsonb(session_user)')`)).toBe(
      '"billing_coordinator_twin"',
    );

    // Apps are told the twin's name now; then the file of the first goes.
    for (const role of roles) renameSync(passwordFile(role), `${passwordFile(role)}.old`);
    const left = await failuresWhile('billing_coordinator_twin', () => bringUpToDate());
    expect(left).toEqual({ turns: left.turns, failures: [] });
    for (const role of ['billing_coordinator', 'billing_peer_1']) {
      renameSync(`${passwordFile(role)}.old`, passwordFile(role));
      const { code, output } = await psql(cluster, 2, 'select 1', { role });
      expect([code, output]).toEqual([2, expect.stringContaining('authentication failed')]);
      renameSync(passwordFile(role), `${passwordFile(role)}.old`);
    }
    expect(
      await ask(cluster, 1, 'show default_transaction_read_only', 'billing_coordinator_twin'),
    ).toBe('off');
    expect(
      await ask(
        cluster,
        2,
        `select rolconfig::text from pg_roles where rolname = 'billing_peer_1_twin'`,
      ),
    ).toContain('statement_timeout=10s');
  },
);

fact('and back again, with a new password', async () => {
  for (const role of roles) {
    rmSync(`${passwordFile(role)}.old`);
    writeFileSync(passwordFile(role), `new-of-${role}`);
  }
  const joined = await failuresWhile('billing_coordinator_twin', () => bringUpToDate());
  expect(joined.failures).toEqual([]);
  expect(await asNode(1, 2)).toBe('billing_peer_1_twin');
  for (const role of roles) rmSync(passwordFile(`${role}_twin`));
  const left = await failuresWhile('billing_coordinator', () => bringUpToDate());
  expect(left.failures).toEqual([]);
  expect(await asNode(1, 2)).toBe('billing_peer_1');
  const arrived = `select count(*) from billing.accounts where username = 'after the twins'`;
  await ask(cluster, 2, `select add_account('after the twins')`);
  expect(await eventually(() => ask(cluster, 1, arrived), '1')).toBe('1');
});

fact('a password of one node alone opens that node alone', async () => {
  const folder = join(dirname(passwordFile('x')), 'node2');
  mkdirSync(folder);
  writeFileSync(`${folder}/billing_gateway.password`, 'of-node-2-alone');
  writeFileSync(`${folder}/billing_peer_1.password`, 'of-node-1-at-node-2');
  await bringUpToDate();
  expect(await asNode(1, 2)).toBe('billing_peer_1');
  expect(await asNode(1, 3)).toBe('billing_peer_1');
  const { code } = await psql(cluster, 2, 'select 1', { role: 'billing_gateway' });
  expect(code).toBe(2);
  expect(await ask(cluster, 1, 'select 1', 'billing_gateway')).toBe('1');
  rmSync(folder, { recursive: true });
  await bringUpToDate();
  expect(await ask(cluster, 2, 'select 1', 'billing_gateway')).toBe('1');
});

// Node 2 as version 7 has it: it knows billing_peer and billing_replicator, and comes as them.
async function makeOld(): Promise<void> {
  const old = 'of-version-7';
  for (const nodeId of nodes) {
    await ask(
      cluster,
      nodeId,
      `alter role billing_peer login password '${old}'; alter role billing_replicator login replication password '${old}'`,
    );
  }
  await ask(
    cluster,
    2,
    `alter role billing_peer_1 nologin; alter role billing_replicator_1 nologin;
     delete from billing.completed_upgrades;
     insert into billing.completed_upgrades (version) values (7)`,
  );
  const asOld = (from: number, to: number): Promise<string> =>
    ask(
      cluster,
      from,
      `update billing.node_config
          set encrypted_dsn = billing.encrypt_dsn(regexp_replace(get_decrypted_dsn(${to}), 'user=\\S+ password=''\\S+''',
                                                                 'user=billing_peer password=''${old}'''))
        where node_id = ${to};
       delete from billing.completed_upgrades; insert into billing.completed_upgrades (version) values (7);
       do $$
       declare known record;
       begin
         select if_name, if_dsn into known from pglogical.node_interface where if_name like 'node${to}%';
         perform pglogical.alter_node_add_interface('node${to}', 'old', regexp_replace(known.if_dsn,
                   'user=\\S+ password=''\\S+''', 'user=billing_replicator password=''${old}'''));
         perform pglogical.alter_subscription_interface(billing.subscription_name(${to}, ${from}), 'old');
         perform pglogical.alter_node_drop_interface('node${to}', known.if_name);
       end $$`,
    );
  await asOld(1, 2);
  await asOld(2, 1);
}

fact(
  'a node of the version before is called and copied as before, until it knows who comes',
  async () => {
    await makeOld();
    expect(await asNode(1, 2)).toBe('billing_peer');
    const said = await bringUpToDate([1]);
    expect(said).toContain('node 2 does not let billing_peer_1 in: it is called as before');
    expect(said).toContain(
      'node 2 does not let billing_replicator_1 in: it is subscribed to as before',
    );
    expect(await asNode(1, 2)).toBe('billing_peer');
    expect(await asNode(1, 3)).toBe('billing_peer_1');
    expect(await asNode(2, 1)).toBe('billing_peer');

    const complete = {
      BILLING_COMPLETE_UPGRADE: '1',
      BILLING_PEER_NODES: nodeList(cluster, nodes),
    };
    const early = await runPipeline(cluster, [1], complete);
    expect([early.code, early.output]).toEqual([
      1,
      expect.stringContaining('a node still comes as billing_replicator'),
    ]);
    expect(await bringUpToDate()).not.toContain('as before');
    expect(await asNode(1, 2)).toBe('billing_peer_1');
    expect(await asNode(2, 1)).toBe('billing_peer_2');
    // Until it is complete, whoever is late is let in.
    const login = `select rolcanlogin from pg_roles where rolname = 'billing_peer'`;
    expect(await ask(cluster, 1, login)).toBe('t');
    await bringUpToDate(nodes, complete);
    expect(await ask(cluster, 1, login)).toBe('f');
  },
);
