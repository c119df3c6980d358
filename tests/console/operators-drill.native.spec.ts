import { startCluster, type Cluster } from '@billing/cluster';
import { eventually, Ledger } from '@billing/testing';
import { PrometheusProcess } from '../monitoring/prometheus-process.js';
import { command, Upstream } from '../cluster/pay-ins/upstream.js';
import { readShortenedRules } from '../monitoring/monitoring-files.js';
import { ConsoleSite } from './console-site.js';
import { OperatorClient } from './operator-client.js';

// The three mishaps that operators practise, each from the first sign to the last: in the metrics, in the
// alerts of a real Prometheus, and in the console of a datacenter, by somebody who has nothing else.
const waiting = 40;
let cluster: Cluster;
let prometheus: PrometheusProcess;
let upstream: Upstream;
let ledgers: Ledger[];
let operator: OperatorClient;
let site: ConsoleSite;
let account: string;

beforeAll(async () => {
  const often = { METRICS_INTERVAL_MS: '500' };
  cluster = await startCluster({
    nodeCount: 2,
    postgres: { fsync: false },
    appEnvironment: {
      gateway: often,
      // Whichever walk has found a fault, its next one says within a minute that it is gone.
      coordinator: { ...often, COORDINATOR_AUDIT_THOROUGH_PASS_MS: '15000' },
      'ledger-worker': often,
    },
  });
  operator = new OperatorClient(cluster);
  ledgers = cluster.nodeIds.map((nodeId) => new Ledger(cluster, nodeId));
  upstream = await Upstream.connect(cluster.kafkaConnection(1));
  prometheus = await PrometheusProcess.start(cluster, readShortenedRules());
  account = await operator.openAccount('drill', '500.00');
  site = await ConsoleSite.open(cluster, '*');
  await site.go('');
  await site.signIn();
  await site.verdict(/Money flows/, 60_000);
}, 240_000);

afterAll(async () => {
  await site?.close();
  await prometheus?.stop();
  await upstream?.close();
  await Promise.all((ledgers ?? []).map((ledger) => ledger.close()));
  await cluster?.destroy();
}, 60_000);

const balanceBecomes = (nodeId: number, id: string, total: string): Promise<unknown> =>
  eventually(
    () => operator.get(nodeId, `/v1/accounts/${id}/balance`),
    (balance) => balance['total'] === total,
  );

/** The highest of what an expression is, 0 when it is nothing. */
const highest = async (expression: string): Promise<number> =>
  Math.max(0, ...(await prometheus.query(expression)).map(({ value }) => value));

async function alertFires(name: string, node: string): Promise<void> {
  await eventually(
    () => prometheus.alerts(name),
    (alerts) => alerts.some((one) => one['alertstate'] === 'firing' && one['node'] === node),
    30_000,
  );
}

async function alertsEnd(...names: string[]): Promise<void> {
  await eventually(
    async () => (await Promise.all(names.map((name) => prometheus.alerts(name)))).flat(),
    ({ length }) => length === 0,
    30_000,
  );
}

test('a stopped worker: lag rises in metrics, console and alert, and all of it goes with its return', async () => {
  const lag = 'sum by (node) (max by (node, partition) (billing_consumer_lag_messages{node="2"}))';
  await cluster.stopMember('ledger-worker', 2);
  for (let n = 0; n < waiting; n += 1) {
    const body = { accountId: account, amount: '1.00', currency: 'USD' };
    await operator.post(2, '/v1/pay-ins', body);
  }
  await eventually(
    () => highest(lag),
    (messages) => messages === waiting,
  );
  await eventually(
    () => highest('billing_consumer_lag_seconds{node="2"}'),
    (seconds) => seconds > 3 && seconds < 60,
  );
  const seconds = (text: string): number => Number(/oldest (\d+(\.\d+)?) s/.exec(text)?.[1]);
  const sentence = await site.verdict(new RegExp(`dc2: ${waiting} pay-ins wait, oldest \\d`));
  await eventually(
    () => site.verdict(/dc2: /),
    (later) => seconds(later) > seconds(sentence),
  );
  await alertFires('ConsumerLagGrowing', '2');
  expect(await prometheus.alerts('AppDown')).toMatchObject([
    { alertstate: 'firing', job: 'ledger-worker' },
  ]);
  // The other datacenter has nothing to do with it.
  expect(await highest('billing_consumer_lag_seconds{node="1"}')).toBeLessThan(3);

  await cluster.startMember('ledger-worker', 2);
  await eventually(
    () => highest(lag),
    (messages) => messages === 0,
    30_000,
  );
  await alertsEnd('ConsumerLagGrowing', 'AppDown');
  await site.verdict(/Money flows/, 30_000);
  await balanceBecomes(1, account, '540.00');
}, 180_000);

test('a poisoned topic: found, corrected, replayed and discarded in the console; each is credited once', async () => {
  const { commandId: _forgotten, ...nameless } = command(account, '20.00');
  const values = [command(account, '12,50'), nameless].map((value) => JSON.stringify(value));
  for (const value of [...values, 'not json at all']) {
    await upstream.sendRaw([{ key: account, value: Buffer.from(value) }]);
  }
  // What comes after it is not held up.
  await upstream.send([command(account, '0.25')]);
  await balanceBecomes(1, account, '540.25');
  await eventually(
    () => highest('sum by (node) (max by (node, reason) (billing_dead_letters{node="1"}))'),
    (letters) => letters === 3,
  );
  await alertFires('DeadLetters', '1');

  const { page } = site;
  await page.getByText('3 dead letters wait').waitFor();
  await site.follow('Dead letters');
  await page.getByText('3 letters open').waitFor();
  await page.getByLabel('Reason').selectOption('invalid_json');
  await page.getByLabel('All on this page').check();
  await page.getByText('1 letter chosen').waitFor();
  await page.getByLabel('Note', { exact: true }).fill('no pay-in: a test of upstream');
  await page.getByRole('button', { name: 'Discard chosen' }).click();
  await page.getByText('2 letters open').waitFor();

  await page.getByLabel('Reason').selectOption('invalid_message');
  await page.getByRole('row').filter({ hasText: '12,50' }).getByRole('link').first().click();
  await page.getByLabel('Amount').fill('12.50');
  await page.getByLabel('Why is this right?').fill('a decimal comma, the sender says');
  await page.getByRole('button', { name: 'Credit as corrected' }).click();
  await page.getByText('This letter is corrected').waitFor();

  await site.follow('Dead letters');
  await page.getByText('1 letter open').waitFor();
  await page.getByLabel('All on this page').check();
  await page.getByRole('button', { name: 'Replay chosen' }).click();
  await page.getByText('What became of 1 letter').waitFor();
  await page.getByText('No dead letter is open').waitFor();
  await alertsEnd('DeadLetters');
  await balanceBecomes(2, account, '572.75');
}, 120_000);

test('a balance edited behind the back: node, account and difference within a minute', async () => {
  const edit = (by: bigint): Promise<unknown> =>
    ledgers[1]!.rows(
      `/* edit */ update billing.account_balances set balance_minor = balance_minor + $1
        where account_id = $2 and node_id = 2`,
      [by, account],
    );
  const { page } = site;
  await site.follow('Overview');
  await site.verdict(/Money flows/);
  const editedAt = performance.now();
  await edit(12_345n);
  await site.verdict(/dc2: .*audit.*balance/i, 60_000);
  await alertFires('CheckerFailed', '2');
  await site.go('audit?node=2');
  const fault = page
    .getByRole('table', { name: 'Open faults' })
    .getByRole('row')
    .filter({ hasText: account });
  for (const told of ['balance', 'dc2', '+12,345']) await fault.getByText(told).first().waitFor();
  expect(performance.now() - editedAt).toBeLessThan(60_000);

  await edit(-12_345n);
  await page.getByText('No fault is open').waitFor({ timeout: 60_000 });
  await alertsEnd('CheckerFailed');
  await site.follow('Overview');
  await site.verdict(/Money flows/, 60_000);
}, 180_000);

test('no page broke the policy or threw', () => {
  expect(site.complaints).toEqual([]);
});
