import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Cluster } from '@billing/cluster';
import { eventually, Ledger, startCluster } from '@billing/testing';
import { command, PAY_IN_TOPIC, Upstream, type Command } from './upstream.js';

/**
 * One datacenter whose worker takes `billing.payin` from the gateway alone, a topic of the tenant acme, one of the
 * default tenant, and one that nobody has made yet.
 */
const SHOP = 'billing.payin.shop';
const CARDS = 'billing.payin.cards';
const LATE = 'billing.payin.late';
const UPSTREAM_TOPICS = 'shop=acme cards=default late=acme';
const runFile = promisify(execFile);
const cli = fileURLToPath(new URL('../../../tools/cli/bin/billing.js', import.meta.url));

let cluster: Cluster;
let ledger: Ledger;
let upstreams: Readonly<Record<string, Upstream>>;

const shop = (): Upstream => upstreams[SHOP]!;
const cards = (): Upstream => upstreams[CARDS]!;
const plain = (): Upstream => upstreams[PAY_IN_TOPIC]!;

beforeAll(async () => {
  const topics = { PAY_IN_UPSTREAM_TOPICS: UPSTREAM_TOPICS, METRICS_INTERVAL_MS: '500' };
  cluster = await startCluster({
    nodeCount: 1,
    postgres: { fsync: false },
    kafka: {
      topics: [
        { name: PAY_IN_TOPIC, partitions: 12 },
        { name: 'billing.payin.dlq', partitions: 3 },
        { name: SHOP, partitions: 3 },
        { name: CARDS, partitions: 1 },
      ],
      // Where brokers know users: that the worker may read them, and the one that is made later.
      upstreamTopics: [SHOP, CARDS, LATE].map((name) => {
        return { name, partitions: 1, tenant: 'acme', user: 'kafka_shop' };
      }),
    },
    appEnvironment: {
      gateway: topics,
      'ledger-worker': {
        ...topics,
        WORKER_ALLOW_NAMELESS: '',
        WORKER_PARKED_RETRY_MS: '200',
        WORKER_PARKED_LIMIT_MS: '2000',
      },
    },
  });
  ledger = new Ledger(cluster, 1);
  const named = [PAY_IN_TOPIC, SHOP, CARDS].map(
    async (topic) => [topic, await Upstream.connect(cluster.kafkaConnection(1), topic)] as const,
  );
  upstreams = Object.fromEntries(await Promise.all(named));
}, 120_000);

afterAll(async () => {
  await Promise.all(Object.values(upstreams ?? {}).map((upstream) => upstream.close()));
  await ledger?.close();
  await cluster?.destroy();
}, 60_000);

const open = async (tenant: string): Promise<bigint> =>
  (await ledger.openAccounts(1, tenant))[0] as bigint;

const balanceOf = async (account: bigint): Promise<bigint | undefined> =>
  (await ledger.localBalances([account])).get(account);

interface Letter extends Record<string, unknown> {
  topic: string;
  partition_id: number;
  message_offset: bigint;
  reason: string;
  detail: string;
  tenant: string;
}

async function letterOf({ commandId }: Command): Promise<Letter> {
  const [letter] = await eventually(
    () =>
      ledger.rows<Letter>(
        `select topic, partition_id, message_offset, reason::text, detail, tenant
           from billing.dead_letters where command_id = $1`,
        [commandId],
      ),
    (letters) => letters.length === 1,
    20_000,
  );
  return letter!;
}

const entriesOf = ({ commandId }: Command): Promise<bigint> =>
  ledger.value('select count(*) as entries from billing.transaction_log where operation_id = $1', [
    commandId,
  ]);

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** As an operator or a client of one tenant. */
async function as(tenant: string, method: string, path: string, body?: object): Promise<Answer> {
  const token = await cluster.signToken({ sub: `${tenant}-ann`, tenant });
  const answer = await fetch(cluster.gatewayUrl(1) + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const readiness = async (url: string): Promise<[number, Record<string, unknown>]> => {
  const answer = await fetch(url);
  return [answer.status, (await answer.json()) as Record<string, unknown>];
};

/** `value` of a series of the gateway, by its topic, over all partitions; undefined: there is none. */
async function figureOf(metric: string, topic: string): Promise<number | undefined> {
  const metrics = cluster.healthUrl('gateway', 1).replace('/health/ready', '/metrics');
  const text = await (await fetch(metrics)).text();
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(`${metric}{`) && line.includes(`topic="${topic}"`));
  if (lines.length === 0) return undefined;
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

describe('a topic that one upstream service writes', () => {
  test('has its pay-ins credited to accounts of its tenant, and says how they went to that tenant alone', async () => {
    const account = await open('acme');
    const payIn = command(account, '12.50');
    await shop().send([payIn]);
    await shop().untilStored(ledger);
    expect(await balanceOf(account)).toBe(1_250n);
    const path = `/v1/pay-ins/${payIn.commandId}`;
    expect((await as('acme', 'GET', path)).body).toMatchObject({ status: 'applied' });
    expect((await as('default', 'GET', path)).status).toBe(404);
  });

  test('credits no account of another tenant, whoever it is', async () => {
    const accounts = [await open('default'), await open('other')];
    const payIns = accounts.map((account) => command(account, '5.00'));
    await shop().send(payIns);
    for (const payIn of payIns) {
      expect(await letterOf(payIn)).toMatchObject({
        topic: SHOP,
        reason: 'account_not_found',
        tenant: 'acme',
      });
    }
    expect(await Promise.all(accounts.map(balanceOf))).toEqual([0n, 0n]);
    await cards().send([command(accounts[0]!, '1.00')]);
    await cards().untilStored(ledger);
    expect(await balanceOf(accounts[0]!)).toBe(100n);
  });

  test.each(['tenant', 'client'] as const)('may not say a %s, not even its own', async (field) => {
    const own = await open('acme');
    const foreign = await open('other');
    const payIns = [
      command(own, '1.00', { [field]: 'acme' }),
      command(foreign, '1.00', { [field]: 'other' }),
    ];
    await shop().send(payIns);
    for (const payIn of payIns) {
      expect(await letterOf(payIn)).toMatchObject({
        reason: 'invalid_message',
        detail: `${field}: must not be given: the topic says whose its messages are`,
        tenant: 'acme',
      });
    }
    expect([await balanceOf(own), await balanceOf(foreign)]).toEqual([0n, 0n]);
  });

  test('has a letter replayed and corrected as its tenant’s, and its operators alone see it', async () => {
    const own = await open('acme');
    const foreign = await open('default');
    // Refused as it came, and as an operator replays it: its bytes speak for somebody.
    const naming = command(own, '2.00', { tenant: 'default' });
    const early = command(foreign, '4.00');
    await shop().send([naming, early]);
    const names = [await letterOf(naming), await letterOf(early)].map(
      ({ topic, partition_id, message_offset }) => `${topic}/${partition_id}/${message_offset}`,
    );
    const act = (tenant: string, index: number, what: string, body: object): Promise<Answer> =>
      as(tenant, 'POST', `/v1/dead-letters/${names[index]}/${what}`, { note: 'spec', ...body });
    expect((await as('default', 'GET', `/v1/dead-letters/${names[0]}`)).status).toBe(404);
    expect((await act('default', 0, 'replay', {})).status).toBe(404);
    expect((await act('acme', 0, 'replay', {})).body).toMatchObject({
      result: 'refused',
      detail: expect.stringContaining('tenant: must not be given'),
    });
    // An account of the default tenant is none of acme's, whatever an operator of acme writes.
    const to = (account: bigint): object => ({
      payIn: { accountId: String(account), amount: '2.00', currency: 'USD' },
    });
    const corrected = await act('acme', 0, 'correct', to(own));
    expect(corrected.body).toMatchObject({ result: 'applied' });
    expect(await balanceOf(own)).toBe(200n);
    expect((await act('acme', 1, 'replay', {})).body).toMatchObject({ result: 'parked' });
    expect(await entriesOf(early)).toBe(0n);
    expect(await balanceOf(foreign)).toBe(0n);
  }, 30_000);

  test('has one pay-in a command id, beside every other topic', async () => {
    const account = await open('acme');
    const payIn = command(account, '3.00');
    await shop().send([payIn]);
    await shop().untilStored(ledger);
    const again = { ...payIn, tenant: 'acme', client: 'gateway' };
    await plain().send([again]);
    await cards().send([payIn]);
    await Promise.all([plain().untilStored(ledger), cards().untilStored(ledger)]);
    expect(await entriesOf(payIn)).toBe(1n);
    expect(await balanceOf(account)).toBe(300n);
    // To the default tenant it is another pay-in under an id that is taken.
    expect(await letterOf(payIn)).toMatchObject({
      topic: CARDS,
      reason: 'command_conflict',
      detail: expect.not.stringContaining(String(account)),
    });
  });
});

describe('billing.payin, which the gateway alone writes', () => {
  test('takes what the gateway sends, of every tenant', async () => {
    const account = await open('acme');
    const body = { accountId: String(account), amount: '7.00', currency: 'USD' };
    expect((await as('acme', 'POST', '/v1/pay-ins', body)).status).toBe(202);
    await eventually(
      () => balanceOf(account),
      (balance) => balance === 700n,
    );
  });

  test('refuses a message that names no tenant or no client, until an operator answers for it', async () => {
    const account = await open('default');
    const nameless = [
      command(account, '1.00'),
      command(account, '1.00', { tenant: 'default' }),
      command(account, '1.00', { client: 'somebody' }),
    ];
    await plain().send(nameless);
    const details = await Promise.all(
      nameless.map(async (payIn) => (await letterOf(payIn)).detail),
    );
    expect(details.map((detail) => detail.slice(0, 21))).toEqual([
      'tenant: must be given',
      'client: must be given',
      'tenant: must be given',
    ]);
    expect(await balanceOf(account)).toBe(0n);
    const { partition_id, message_offset } = await letterOf(nameless[0]!);
    const name = `${PAY_IN_TOPIC}/${partition_id}/${message_offset}`;
    const replayed = await as('default', 'POST', `/v1/dead-letters/${name}/replay`, {});
    expect(replayed.body).toMatchObject({ result: 'applied' });
    expect(await balanceOf(account)).toBe(100n);
  });
});

test('lag, open or not, is told by topic, and the overview knows all of them', async () => {
  await cluster.stopMember('ledger-worker', 1);
  const account = await open('acme');
  await shop().send(Array.from({ length: 7 }, () => command(account, '1.00')));
  const lag = (topic: string): Promise<number | undefined> =>
    figureOf('billing_consumer_lag_messages', topic);
  await eventually(
    () => lag(SHOP),
    (messages) => messages === 7,
  );
  expect([await lag(PAY_IN_TOPIC), await lag(CARDS)]).toEqual([0, 0]);
  const { body } = await as('default', 'GET', '/v1/operations/node');
  const partitions = (body['lag'] as { partitions: { topic: string }[] }).partitions;
  const count = (topic: string): number => partitions.filter((one) => one.topic === topic).length;
  expect([PAY_IN_TOPIC, SHOP, CARDS, LATE].map(count)).toEqual([12, 3, 1, 0]);
  await cluster.startMember('ledger-worker', 1);
  await eventually(
    () => lag(SHOP),
    (messages) => messages === 0,
    30_000,
  );
  expect(await balanceOf(account)).toBe(700n);
}, 60_000);

test('an operator accepts an offset of an upstream topic, and it goes on there', async () => {
  const account = await open('default');
  const [first, second] = [command(account, '1.00'), command(account, '2.00')];
  await cards().send([first]);
  await cards().untilStored(ledger);
  const offsetOf = (): Promise<bigint> =>
    ledger.value('select next_offset from billing.consumer_offsets where topic = $1', [CARDS]);
  const before = await offsetOf();
  await cards().send([second]);
  await cards().untilStored(ledger);
  const accept = ['offsets', 'accept', '--home', cluster.home, '--node=1', `--topic=${CARDS}`];
  const { stdout } = await runFile(process.execPath, [
    cli,
    ...accept,
    '--partition=0',
    `--offset=${before}`,
    '--yes',
  ]);
  expect(stdout).toContain(`partition 0 of ${CARDS} goes on at offset ${before}`);
  await eventually(offsetOf, (offset) => offset > before, 20_000);
  expect(await balanceOf(account)).toBe(300n);
  expect(await entriesOf(second)).toBe(1n);
  const audited = await ledger.value<unknown>('select findings from billing.audit_offsets()');
  expect(audited).toEqual([]);
}, 60_000);

test('a worker that is killed with two topics under way loses and doubles nothing', async () => {
  const accounts = [await open('acme'), await open('default')];
  const commands = accounts.map((account) =>
    Array.from({ length: 6_000 }, () => command(account, '0.01')),
  );
  const before = await ledger.payInCount();
  const sending = Promise.all([shop().send(commands[0]!), cards().send(commands[1]!)]);
  await eventually(
    () => ledger.payInCount(),
    (count) => count > before,
  );
  await cluster.killMember('ledger-worker', 1);
  await cluster.startMember('ledger-worker', 1);
  await sending;
  await Promise.all([shop().untilStored(ledger), cards().untilStored(ledger)]);
  expect((await ledger.payInCount()) - before).toBe(12_000n);
  expect(await Promise.all(accounts.map(balanceOf))).toEqual([6_000n, 6_000n]);
  expect(await ledger.unbalanced()).toBe(0n);
}, 120_000);

test('a topic that is not there stops nobody, is told, and is taken once it is made', async () => {
  const missing = { [LATE]: expect.stringContaining('the broker has no such topic: make it') };
  const health = cluster.healthUrl('ledger-worker', 1);
  const told = [200, { status: 'ready', notes: missing }];
  expect(await readiness(health)).toEqual(told);
  expect(await readiness(cluster.healthUrl('gateway', 1))).toEqual(told);
  expect(await figureOf('billing_consumer_lag_messages', LATE)).toBeUndefined();
  expect(await figureOf('billing_upstream_topic_away', LATE)).toBe(1);
  expect(await figureOf('billing_upstream_topic_away', SHOP)).toBe(0);

  await plain().admin.createTopics({ topics: [{ topic: LATE, numPartitions: 2 }] });
  const late = await Upstream.connect(cluster.kafkaConnection(1), LATE);
  try {
    const account = await open('acme');
    await late.send([command(account, '9.00')]);
    await eventually(
      () => balanceOf(account),
      (balance) => balance === 900n,
      30_000,
    );
    await eventually(
      async () => [await readiness(health), await readiness(cluster.healthUrl('gateway', 1))],
      (answers) => answers.every(([, body]) => !('notes' in body)),
    );
    await eventually(
      () => figureOf('billing_consumer_lag_messages', LATE),
      (messages) => messages === 0,
    );
    expect(await figureOf('billing_upstream_topic_away', LATE)).toBe(0);

    // Deleted by mistake: the others go on, and it is told again.
    await plain().admin.deleteTopics({ topics: [LATE] });
    await eventually(
      () => readiness(health),
      ([status, body]) => status === 200 && 'notes' in body,
      60_000,
    );
    const still = await open('acme');
    await shop().send([command(still, '1.00')]);
    await shop().untilStored(ledger);
    expect(await balanceOf(still)).toBe(100n);
    expect(cluster.memberStatus('ledger-worker', 1).state).toBe('running');
  } finally {
    await late.close();
  }
}, 120_000);

test('a worker does not start with a topic that cannot be an upstream service’s', async () => {
  const env = {
    ...cluster.appEnvironment('ledger-worker', 1),
    MANAGEMENT_PORT: '0',
    PAY_IN_UPSTREAM_TOPICS: `dlq=acme x${randomUUID().slice(0, 4)}`,
  };
  const main = fileURLToPath(new URL('../../../apps/ledger-worker/dist/main.js', import.meta.url));
  await expect(runFile(process.execPath, [main], { env })).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /entry 1: its name .*"dlq"[\s\S]*entry 2 must look like name=tenant/,
    ),
  });
});
