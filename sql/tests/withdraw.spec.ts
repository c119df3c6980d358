import { startCluster, type Cluster } from '@billing/cluster';
import { ask, eventually, psql } from './psql.js';

// No coordinator runs here: the reference functions do all of it, as people with psql call them.
const all = [1, 2, 3];
const operator = 'billing_operator';
let cluster: Cluster;

const timeoutMs = 60_000;
const fact = (name: string, prove: () => Promise<void>): void => test(name, prove, timeoutMs);

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: all.length,
    members: ['postgres'],
    pipeline: true,
    postgres: { fsync: false },
  });
}, 120_000);

afterAll(() => cluster?.destroy(), 60_000);

const sqlState = async (nodeId: number, sql: string): Promise<string> =>
  (
    await psql(cluster, nodeId, `\\set VERBOSITY sqlstate\n${sql}\n`, {
      args: ['-qAt'],
      role: operator,
      notices: false,
    })
  ).output.trim();

/** An account of node 1 with so much at each node, known everywhere. */
async function openAccount(amounts: readonly number[]): Promise<string> {
  const id = await ask(cluster, 1, `select add_account('Aleksandrov')`);
  for (const [index, amount] of amounts.entries()) {
    const nodeId = index + 1;
    await eventually(
      () => ask(cluster, nodeId, `select count(*) from accounts where id = ${id}`),
      '1',
    );
    await ask(cluster, nodeId, `select deposit_balance(${id}, ${amount}, ${nodeId})`, operator);
  }
  await partsAre(id, amounts.map((amount) => amount.toFixed(2)).join(' '));
  return id;
}

/** Parts in order of node, the same everywhere within seconds. */
async function partsAre(id: string, wanted: string): Promise<void> {
  for (const nodeId of all) {
    const seen = await eventually(
      () =>
        ask(
          cluster,
          nodeId,
          `select string_agg(balance::text, ' ' order by node_id) from account_balances where account_id = ${id}`,
        ),
      wanted,
    );
    expect([nodeId, seen]).toEqual([nodeId, wanted]);
  }
}

const openReservations = (nodeId: number): Promise<string> =>
  ask(cluster, nodeId, `select count(*) from billing.reservations where state = 'reserved'`);

fact('says what was withdrawn, here or from whom', async () => {
  const id = await openAccount([30, 30, 30]);
  const said = async (amount: number): Promise<string> =>
    (await psql(cluster, 2, `select withdraw_balance(${id}, ${amount}, 2);\n`, { role: operator }))
      .output;
  expect(await said(10)).toContain(`NOTICE:  10.00 USD withdrawn from account ${id} locally`);
  expect(await said(30)).toContain(
    `NOTICE:  30.00 USD withdrawn from account ${id}: 20.00 from node 2, 5.00 from node 1, 5.00 from node 3`,
  );
});

fact('takes from the own part while it covers the amount', async () => {
  const id = await openAccount([10, 10, 10]);
  for (const nodeId of all) {
    await ask(cluster, nodeId, `select withdraw_balance(${id}, ${nodeId}.50, ${nodeId})`, operator);
  }
  await partsAre(id, '8.50 7.50 6.50');
});

fact('empties the own part first and drains the rest from the others, on every node', async () => {
  for (const nodeId of all) {
    const id = await openAccount([30, 30, 30]);
    await ask(cluster, nodeId, `select withdraw_balance(${id}, 50, ${nodeId})`, operator);
    await partsAre(id, all.map((n) => (n === nodeId ? '0.00' : '20.00')).join(' '));
    expect(
      await ask(
        cluster,
        1,
        `select operation_type, sum(amount), count(*) from transaction_log
          where account_id = ${id} and operation_type = 'withdraw' group by 1`,
      ),
    ).toBe('withdraw|50.00|1');
    for (const donor of all) expect(await openReservations(donor)).toBe('0');
  }
});

fact('refuses what is more than there is everywhere, moving nothing', async () => {
  const id = await openAccount([30, 30, 30]);
  const { output } = await psql(cluster, 2, `select withdraw_balance(${id}, 90.01, 2)\n`, {
    role: operator,
  });
  expect(output).toContain('Insufficient funds');
  expect(await sqlState(2, `select withdraw_balance(${id}, 90.01, 2);`)).toBe('ERROR:  GB006');
  await partsAre(id, '30.00 30.00 30.00');
  await ask(cluster, 2, `select withdraw_balance(${id}, 90, 2)`, operator);
  await partsAre(id, '0.00 0.00 0.00');
});

fact('outlives a rollback of its caller', async () => {
  const id = await openAccount([30, 30, 30]);
  await psql(cluster, 1, `begin; select withdraw_balance(${id}, 40, 1); rollback;\n`, {
    role: operator,
  });
  await partsAre(id, '0.00 25.00 25.00');
});

fact('refuses to run after a write of its caller, which it could wait for for ever', async () => {
  const id = await openAccount([30, 30, 30]);
  expect(
    await sqlState(
      1,
      `begin; select deposit_balance(${id}, 1, 1); select withdraw_balance(${id}, 40, 1); rollback;`,
    ),
  ).toBe('ERROR:  GB020');
  await partsAre(id, '30.00 30.00 30.00');
});

fact('refuses bad amounts, other nodes, unknown and deleted accounts', async () => {
  const id = await openAccount([1, 1, 1]);
  const refusal = (amount: string, nodeId = 1, account = id): Promise<string> =>
    sqlState(1, `select withdraw_balance(${account}, ${amount}, ${nodeId});`);
  expect(await refusal('0')).toBe('ERROR:  GB001');
  expect(await refusal('-1')).toBe('ERROR:  GB001');
  expect(await refusal('0.001')).toBe('ERROR:  GB001');
  expect(await refusal('null')).toBe('ERROR:  GB001');
  expect(await refusal('1', 2)).toBe('ERROR:  GB004');
  expect(await refusal('1', 1, '6464')).toBe('ERROR:  GB002');
  await ask(cluster, 1, `select delete_account(${id}, true, 'spec')`, operator);
  expect(await refusal('1')).toBe('ERROR:  GB003');
  await partsAre(id, '1.00 1.00 1.00');
});

fact('two at once from two nodes never pay out more than there is', async () => {
  const id = await openAccount([50, 50, 0.01]);
  const outcomes = await Promise.all(
    [1, 2].map((nodeId) => sqlState(nodeId, `select withdraw_balance(${id}, 80, ${nodeId});`)),
  );
  expect(outcomes.sort()).toEqual(['', 'ERROR:  GB006']);
  const total = `select sum(balance) from account_balances where account_id = ${id}`;
  for (const nodeId of all) {
    expect(await eventually(() => ask(cluster, nodeId, total), '20.01')).toBe('20.01');
  }
});

fact('pays from those it can reach while a node is down, and says what is stranded', async () => {
  const id = await openAccount([30, 30, 30]);
  await cluster.killMember('postgres', 3);
  try {
    await ask(cluster, 1, `select withdraw_balance(${id}, 50, 1)`, operator);
    const { output } = await psql(cluster, 1, `select withdraw_balance(${id}, 40, 1);\n`, {
      role: operator,
      args: ['-v', 'VERBOSITY=verbose'],
    });
    expect(output).toMatch(/GB007[\s\S]*has 10\.00 there, and 30\.00 at nodes \[3\]/);
  } finally {
    await cluster.startMember('postgres', 3);
  }
  await partsAre(id, '0.00 10.00 30.00');
});

fact(
  'the shares of an opening leave without a coordinator, a node that is away gets its own later',
  async () => {
    const send = `select node_id, sent, waiting, status from send_transfers(1000);\n`;
    const said = async (): Promise<string> =>
      (await psql(cluster, 1, send, { args: ['-qAt'], role: operator })).output;
    const id = await ask(cluster, 1, `select add_account('Pavlichev')`);
    await cluster.killMember('postgres', 3);
    try {
      const opening = `select add_account_balance(${id}, 1000, 1);\n`;
      expect((await psql(cluster, 1, opening, { role: operator })).output).toContain(
        'opened with 1000.00 USD: 334.00 here, 666.00 on its way to 2 other node(s)',
      );
      expect(await said()).toMatch(
        /Node 2: 1 transfer\(s\) sent, 0 waiting \(sent\)[\s\S]*Node 3: 0 transfer\(s\) sent, 1 waiting \(unreachable\)/,
      );
    } finally {
      await cluster.startMember('postgres', 3);
    }
    expect(await said()).toMatch(/^2\|0\|0\|sent\n3\|1\|0\|sent$/m);
    const own = `select balance from account_balances where account_id = ${id} and node_id =`;
    const parts = await Promise.all(all.map((nodeId) => ask(cluster, nodeId, `${own} ${nodeId}`)));
    expect(parts).toEqual(['334.00', '333.00', '333.00']);
    expect(
      await sqlState(1, `begin; select add_account('x'); select send_transfers(); rollback;`),
    ).toMatch(/ERROR: {2}GB020/);
  },
);

fact(
  'a node that does not answer in time, or says no, is told of, and keeps nobody else',
  async () => {
    const opening = (name: string): Promise<string> =>
      ask(cluster, 1, `select add_account_balance(add_account('${name}'), 30, 1)`, operator);
    const said = (timeoutMs: number): Promise<string> =>
      ask(
        cluster,
        1,
        `select node_id, sent, waiting, status from send_transfers(${timeoutMs})`,
        operator,
      );

    // It answers, later than call_self waits by itself.
    await opening('of a slow node');
    await ask(
      cluster,
      2,
      `create function public.slow() returns trigger language plpgsql as 'begin perform pg_sleep(7); return new; end';
     create trigger slow before insert on billing.transaction_log for each row execute function public.slow()`,
    );
    try {
      expect(await said(5500)).toBe('2|0|1|unknown\n3|1|0|sent');
    } finally {
      await ask(cluster, 2, 'drop function public.slow() cascade');
    }
    expect(await eventually(() => said(5000), '2|1|0|sent\n3|0|0|sent')).toContain('2|1|0|sent');

    // It gives up before, as a lock is held there.
    await opening('of a busy node');
    const locked = psql(
      cluster,
      2,
      'begin; lock table billing.transaction_log in share mode; select pg_sleep(5);\n',
    );
    const locks = `select count(*) from pg_locks where relation = 'billing.transaction_log'::regclass and mode = 'ShareLock'`;
    expect(await eventually(() => ask(cluster, 2, locks), '1')).toBe('1');
    expect(await said(5000)).toBe('2|0|1|unknown\n3|1|0|sent');
    await locked;
    expect(await said(5000)).toBe('2|1|0|sent\n3|0|0|sent');
  },
);
