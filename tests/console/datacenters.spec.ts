import { randomUUID } from 'node:crypto';
import { startCluster, type Cluster } from '@billing/cluster';
import { eventually, Ledger } from '@billing/testing';
import { Upstream } from '../cluster/pay-ins/upstream.js';
import { ConsoleSite, type Theme } from './console-site.js';
import { OperatorClient, type Json } from './operator-client.js';

let cluster: Cluster;
let operator: OperatorClient;
let site: ConsoleSite;
let upstream: Upstream;
let account: string;

beforeAll(async () => {
  cluster = await startCluster({
    postgres: { fsync: false },
    appEnvironment: { coordinator: { COORDINATOR_AUDIT_PASS_MS: '1000' } },
  });
  operator = new OperatorClient(cluster);
  upstream = await Upstream.connect(cluster.kafkaConnection(2));
  account = await operator.openAccount('ada.lovelace', '3000.00');
  site = await ConsoleSite.open(cluster, '*');
}, 240_000);

afterAll(async () => {
  await site?.close();
  await upstream?.close();
  await cluster?.destroy();
}, 60_000);

/** A message at dc2 that names an account; with a good amount and an account of nobody it is parked. */
async function send(amount: string, accountId = account): Promise<void> {
  const value = JSON.stringify({ commandId: randomUUID(), accountId, amount, currency: 'USD' });
  await upstream.sendRaw([{ key: accountId, value: Buffer.from(value) }]);
}

async function lettersOpen(nodeId: number, count: number): Promise<void> {
  await eventually(
    () => operator.get(nodeId, '/v1/dead-letters'),
    ({ counts }) => (counts as Json)['open'] === count,
  );
}

/** A link of the switch, once it says so many. */
async function chooseDatacenter(text: string): Promise<void> {
  const { page } = site;
  await page.getByRole('navigation', { name: 'Datacenter' }).getByText(text).waitFor();
  await page
    .getByRole('navigation', { name: 'Datacenter' })
    .getByRole('link')
    .filter({ hasText: text.slice(0, 3) })
    .click();
}

const current = (): Promise<string> =>
  site.page.locator('[aria-label=Datacenter] a[aria-current=true]').innerText();

const place = (): string => new URL(site.page.url()).search;

describe("another datacenter, at this one's console", () => {
  test('shows its letter, which is corrected there by who signed in here', async () => {
    const { page } = site;
    await send('12,50');
    await lettersOpen(2, 1);
    await site.go('');
    await site.signIn();
    await site.follow('Dead letters');
    await page.getByText('No dead letter is open').waitFor();
    expect(await current()).toContain('dc1');
    await chooseDatacenter('dc2');
    await page.getByText('1 letter open').waitFor();
    expect(place()).toBe('?node=2');
    await page.getByLabel('Reason').selectOption('invalid_message');
    expect(place()).toContain('node=2');
    await page.getByRole('link', { name: /^billing\.payin\// }).click();
    await page.getByText('7b 22 63 6f 6d 6d 61 6e').waitFor();
    expect(await current()).toContain('dc2');
    await page.getByLabel('Amount').fill('12.50');
    await page.getByLabel('Why is this right?').fill('a decimal comma, the sender says');
    await page.getByRole('button', { name: 'Credit as corrected' }).click();
    await page.getByText('This letter is corrected').waitFor();
    await page.getByRole('cell', { name: 'ada.operator' }).waitFor();

    const { parts } = await operator.get(2, `/v1/accounts/${account}/balance`);
    expect(parts).toContainEqual(
      expect.objectContaining({ node: 2, own: true, balance: '1012.50' }),
    );
    const { items } = await operator.get(2, '/v1/dead-letters?status=corrected');
    expect(items).toEqual([
      expect.objectContaining({
        acts: [expect.objectContaining({ act: 'correct', client: 'ada.operator' })],
      }),
    ]);
    expect(await operator.get(1, '/v1/dead-letters?status=all')).toMatchObject({ items: [] });
    await page.getByRole('link', { name: 'All dead letters' }).click();
    await page.getByText('No dead letter is open').waitFor();
    expect(place()).toBe('?node=2');
  }, 120_000);

  test('has its letters discarded together, and its parked pay-ins tried again', async () => {
    const { page } = site;
    await send('1,00');
    await send('2,00');
    await send('3.00', '64000001');
    await lettersOpen(2, 2);
    await site.go('dead-letters?node=2');
    await page.getByText('2 letters open').waitFor();
    await page.getByLabel('All on this page').check();
    await page.getByLabel('Note', { exact: true }).fill('test messages of upstream');
    await page.getByRole('button', { name: 'Discard chosen' }).click();
    await page.getByText('No dead letter is open').waitFor();
    await page.getByRole('link', { name: 'Parked pay-ins' }).click();
    await page.getByText('64000001').waitFor();
    expect(place()).toBe('?node=2');
    await page.getByRole('button', { name: 'Try all now' }).click();
    await page.getByText('1 parked').waitFor();
    await chooseDatacenter('dc1');
    await page.getByText('Nothing is parked').waitFor();
    expect(place()).toBe('');
  }, 60_000);

  test('is chosen by keyboard', async () => {
    const { page } = site;
    await site.go('dead-letters');
    const link = page.locator('[aria-label=Datacenter] a').nth(1);
    await link.focus();
    await page.keyboard.press('Enter');
    await page
      .locator('[aria-label=Datacenter] a[aria-current=true]')
      .filter({ hasText: 'dc2' })
      .waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toContain('dc2');
  }, 30_000);

  test('that is stopped is said to be away, and tried again when told to', async () => {
    const { page } = site;
    await cluster.stopMember('gateway', 2);
    await site.go('dead-letters?node=2');
    await page.getByText('dc2 does not answer').waitFor();
    await page.locator('[aria-label=Datacenter]').getByText('no answer').waitFor();
    await site.keepPicture('datacenter-away-1280-light');
    expect(await site.accessibilityViolations()).toEqual([]);
    await cluster.startMember('gateway', 2);
    await eventually(
      async () => (await fetch(`${cluster.gatewayUrl(2)}/health/ready`).catch(() => undefined))?.ok,
      (isReady) => isReady === true,
    );
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('No dead letter is open').waitFor();
  }, 90_000);
});

describe('money that does not add up at another datacenter', () => {
  beforeAll(async () => {
    await send('4,00');
    const ledger = new Ledger(cluster, 2);
    const session = await ledger.database.connect('force');
    try {
      // Past every guard, as somebody with the superuser's password might.
      await session.query('role', 'set session_replication_role = replica');
      await session.query(
        'force',
        `update billing.account_balances set balance_minor = balance_minor + 12345
          where account_id = ${account} and node_id = 2`,
      );
    } finally {
      session.release(true);
      await ledger.close();
    }
  }, 30_000);

  test('is the first thing that is said, and leads to its audit', async () => {
    const { page } = site;
    await site.go('');
    await site.verdict(
      new RegExp(`dc2: audit: balance of account ${account} is off by \\+123\\.45 USD`),
      90_000,
    );
    await page.getByRole('article', { name: 'dc2' }).getByText('fault').waitFor();
    await page.getByRole('link', { name: 'Audit of dc2' }).click();
    await site.heading('Audit');
    expect(place()).toBe('?node=2');
    await page.getByText('Faults seen by dc2').waitFor();
    await page.getByRole('cell', { name: '+12,345' }).waitFor();
    await page.getByRole('link', { name: account, exact: true }).waitFor();
    await chooseDatacenter('dc1');
    await page.getByText('No fault is open').waitFor();
  }, 120_000);

  test('is counted for operators of some tenants, and told to those of all', async () => {
    const auditSeenBy = async (tenant: string): Promise<Json> => {
      const token = await cluster.signToken({ sub: 'ada.operator', tenant });
      const response = await fetch(`${cluster.gatewayUrl(1)}/v1/operations/overview`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const { nodes } = (await response.json()) as { nodes: { node: number; snapshot: Json }[] };
      return nodes.find(({ node }) => node === 2)!.snapshot['audit'] as Json;
    };
    // What another gateway answered is kept for a moment, but for whom it was meant.
    for (const tenant of ['*', 'default', '*', 'other']) {
      const first = tenant === '*' ? { check: 'balance', accountId: account } : null;
      expect([tenant, await auditSeenBy(tenant)]).toMatchObject([tenant, { open: 1, first }]);
    }
  });

  test.each<[number, Theme]>([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ])(
    'is seen at %i pixels, %s, and axe finds nothing',
    async (width, theme) => {
      await site.page.setViewportSize({ width, height: width > 700 ? 900 : 844 });
      await site.in(theme);
      for (const [name, path, ready] of [
        ['overview-fault', '', '[data-level=bad]'],
        ['audit-fault', 'audit?node=2', 'table'],
        ['dead-letters-dc2', 'dead-letters?node=2', 'table'],
      ] as const) {
        await site.go(path);
        await site.page.locator(ready).first().waitFor();
        await site.page.waitForTimeout(1_200);
        expect({ name, violations: await site.accessibilityViolations() }).toEqual({
          name,
          violations: [],
        });
        expect({ name, overflow: await site.overflow() }).toEqual({ name, overflow: 0 });
        await site.keepPicture(`${name}-${width}-${theme}`);
      }
    },
    120_000,
  );

  test('breaks no policy and throws nothing', () => {
    expect(site.complaints).toEqual([]);
  });
});
