import { randomUUID } from 'node:crypto';
import { startCluster, type Cluster } from '@billing/cluster';
import { eventually } from '@billing/testing';
import { Upstream } from '../cluster/pay-ins/upstream.js';
import { metricsUrl } from '../monitoring/prometheus-process.js';
import { ConsoleSite, type Theme } from './console-site.js';
import { OperatorClient, type Json } from './operator-client.js';

let cluster: Cluster;
let operator: OperatorClient;
let site: ConsoleSite;
let upstream: Upstream;
let account: string;
let commandId: string;

beforeAll(async () => {
  cluster = await startCluster({ postgres: { fsync: false } });
  operator = new OperatorClient(cluster);
  upstream = await Upstream.connect(cluster.kafkaConnection(1));
  account = await operator.openAccount('ada.lovelace', '300000.00');
  commandId = await payIn(1, '12.50', 'invoice 2026-1001');
  site = await ConsoleSite.open(cluster);
}, 240_000);

afterAll(async () => {
  await site?.close();
  await upstream?.close();
  await cluster?.destroy();
}, 60_000);

async function payIn(nodeId: number, amount: string, reference: string): Promise<string> {
  const body = { accountId: account, amount, currency: 'USD', reference };
  const accepted = await operator.post(nodeId, '/v1/pay-ins', body);
  return String(accepted['commandId']);
}

/** A message that cannot be applied. */
async function poison(value: string | Buffer): Promise<void> {
  await upstream.sendRaw([{ key: account, value: Buffer.from(value) }]);
}

const badMessage = (amount: string, currency = 'USD'): string =>
  JSON.stringify({ commandId: randomUUID(), accountId: account, amount, currency });

/** What Prometheus would scrape. */
async function lagInMetrics(nodeId: number): Promise<number> {
  const text = await (await fetch(metricsUrl(cluster, 'gateway', nodeId))).text();
  const values = text.matchAll(/^billing_consumer_lag_messages\{.*\} (\d+)$/gm);
  return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
}

async function lettersOpen(count: number): Promise<void> {
  await eventually(
    () => operator.get(1, '/v1/dead-letters'),
    ({ counts }) => (counts as Json)['open'] === count,
  );
}

describe('the console', () => {
  test('wants a token of an operator, and says what is wrong with another', async () => {
    await site.go('');
    await site.heading('Sign in');
    await site.keepPicture('sign-in-1280-light');
    await site.signIn('no token');
    await site.page.getByText('That is not a token').waitFor();
    await site.signIn(await cluster.signToken({ sub: 'shop', scope: 'accounts:read' }));
    await site.page.getByText('lacks the scope operator:read').waitFor();
    const { token } = site;
    await site.signIn(token.slice(0, -6) + (token.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'));
    await site.page.getByText('The token was refused').waitFor();
    await site.signIn();
    await site.heading('Overview');
  }, 60_000);

  test('is served with a policy that lets nothing else in, its files for ever, its page never', async () => {
    const page = await fetch(`${site.url}/console/accounts/1`);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const script = /src="(\/console\/assets\/[^"]+)"/.exec(html)?.[1];
    const file = await fetch(site.url + script!);
    expect(file.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${site.url}/console/assets/none.js`)).status).toBe(404);
    expect((await fetch(`${site.url}/v1/operations/overview`)).status).toBe(401);
  });

  test('says that money flows, and shows every datacenter', async () => {
    await site.verdict(/Money flows/, 60_000);
    for (const node of [1, 2, 3]) {
      await site.page
        .getByRole('article', { name: `dc${node}` })
        .getByText('flows')
        .waitFor();
    }
    await site.page.getByText('Live from dc1').waitFor();
    const links = site.page.getByRole('table', { name: 'Links between datacenters' });
    await eventually(
      () => links.getByText('agrees').count(),
      (clocks) => clocks === 6,
    );
  }, 90_000);

  test('shows a stopped worker as lag that rises, and falls when it is back', async () => {
    await cluster.stopMember('ledger-worker', 2);
    for (let n = 0; n < 25; n += 1) await payIn(2, '1.00', `while away ${n}`);
    const sentence = await site.verdict(/dc2: 25 pay-ins wait, oldest \d/, 60_000);
    const node = site.page.getByRole('article', { name: 'dc2' });
    await node.getByText('behind').waitFor();
    await node.getByText('25 wait').waitFor();
    await site.keepPicture('overview-behind-1280-light');
    await eventually(
      () => lagInMetrics(2),
      (messages) => messages === 25,
    );
    // Higher a while later: it is live.
    const seconds = (text: string): number => Number(/oldest (\d+(\.\d+)?) s/.exec(text)?.[1]);
    await eventually(
      () => site.verdict(/dc2/),
      (later) => seconds(later) > seconds(sentence),
    );
    await cluster.startMember('ledger-worker', 2);
    await site.verdict(/Money flows/, 60_000);
    await node.getByText('0 wait').waitFor();
  }, 180_000);

  test("keeps going when a datacenter's gateway is away, and says so", async () => {
    await cluster.stopMember('gateway', 3);
    await site.verdict(/dc3: its gateway gives no answer/, 30_000);
    await cluster.startMember('gateway', 3);
    await site.verdict(/Money flows/, 60_000);
  }, 120_000);

  test('finds an account by its user name, and tells where a pay-out would come from', async () => {
    await site.follow('Accounts');
    await site.page.getByLabel('Account id or user name').fill('ada.lovelace');
    await site.page.getByRole('button', { name: 'Find' }).click();
    await site.page.getByRole('link', { name: account, exact: true }).click();
    await site.heading(`Account ${account}`);
    await site.page.getByText('while away 24').first().waitFor();
    await site.page.getByLabel('Amount in USD').fill('250000.00');
    await site.page.getByRole('button', { name: 'Preview' }).click();
    await site.page.getByText('covered, from 3 datacenters').waitFor();
    await site.page.getByLabel('Amount in USD').fill('12.345');
    await site.page.getByRole('button', { name: 'Preview' }).click();
    await site.page.locator('[aria-invalid=true]').waitFor();
  }, 60_000);

  test('tells what became of a pay-in', async () => {
    await site.follow('Pay-ins');
    await site.page.getByLabel('Command id', { exact: true }).fill(commandId);
    await site.page.getByRole('button', { name: 'Look up' }).click();
    await site.page.getByText('Credited.').waitFor();
    await site.page.getByLabel('Command id', { exact: true }).fill(randomUUID());
    await site.page.getByRole('button', { name: 'Look up' }).click();
    await site.page.getByText('Never seen here').waitFor();
  }, 60_000);
});

describe('dead letters', () => {
  test('are filtered, looked into, corrected and credited once', async () => {
    await poison(badMessage('12,50'));
    await poison('not json at all');
    await lettersOpen(2);
    await site.follow('Dead letters');
    await site.page.getByText('2 letters open').waitFor();
    await site.page.getByLabel('Reason').selectOption('invalid_json');
    await site.page.getByRole('row').nth(1).waitFor();
    expect(await site.page.getByRole('row').count()).toBe(2);
    await site.page.getByLabel('Reason').selectOption('invalid_message');
    await site.page.getByRole('link', { name: /^billing\.payin\// }).click();
    await site.page.getByText('7b 22 63 6f 6d 6d 61 6e').waitFor();
    await site.page.getByLabel('Amount').fill('12.50');
    await site.page.getByLabel('Why is this right?').fill('a decimal comma, the sender says');
    await site.page.getByRole('button', { name: 'Credit as corrected' }).click();
    await site.page.getByText('This letter is corrected').waitFor();
    await site.page.getByRole('cell', { name: 'ada.operator' }).waitFor();
    await lettersOpen(1);
  }, 90_000);

  test('are replayed in bulk, which a cause that is still there refuses, and discarded with a note', async () => {
    await poison(badMessage('5.00', 'ZZZ'));
    await lettersOpen(2);
    await site.follow('Dead letters');
    await site.page.getByLabel('All on this page').check();
    await site.page.getByText('2 letters chosen').waitFor();
    await site.page.getByRole('button', { name: 'Replay chosen' }).click();
    await site.page.getByText('What became of 2 letters').waitFor();
    await lettersOpen(2);
    await site.page.getByLabel('All on this page').check();
    await site.page.getByLabel('Note', { exact: true }).fill('test messages of upstream');
    await site.page.getByRole('button', { name: 'Discard chosen' }).click();
    await site.page.getByText('No dead letter is open').waitFor();
    await site.page.getByLabel('Status').selectOption('discarded');
    await site.page.getByRole('row').nth(2).waitFor();
  }, 90_000);

  test('are looked at alone with a token that may not act', async () => {
    await poison(badMessage('6.00', 'ZZZ'));
    await lettersOpen(1);
    await site.signOut();
    await site.signIn(await cluster.signToken({ sub: 'eva.looker', scope: 'operator:read' }));
    await site.follow('Dead letters');
    await site.page.getByText('This token may look').waitFor();
    await site.page.getByRole('link', { name: /^billing\.payin\// }).click();
    await site.page.getByText('This token may look').waitFor();
    expect(await site.page.getByRole('button', { name: /Replay|Correct|Discard/ }).count()).toBe(0);
    await site.signOut();
    await site.signIn();
    await site.follow('Dead letters');
    await site.page.getByLabel('All on this page').check();
    await site.page.getByLabel('Note', { exact: true }).fill('nobody knows the currency');
    await site.page.getByRole('button', { name: 'Discard chosen' }).click();
    await site.page.getByText('No dead letter is open').waitFor();
    await site.follow('Audit');
  }, 90_000);

  test('one alone is replayed and discarded on its own page', async () => {
    await poison(badMessage('7.00', 'ZZZ'));
    await lettersOpen(1);
    await site.follow('Dead letters');
    await site.page.getByRole('link', { name: /^billing\.payin\// }).click();
    await site.page.getByRole('button', { name: 'Replay', exact: true }).click();
    await site.page.getByRole('button', { name: 'Replay now' }).click();
    await site.page
      .getByText(/refused/)
      .first()
      .waitFor();
    await site.page.getByRole('button', { name: 'Discard', exact: true }).click();
    await site.page.getByLabel('Why?').fill('nobody knows the currency');
    await site.page.getByRole('button', { name: 'Discard for good' }).click();
    await site.page.getByText('This letter is discarded').waitFor();
  }, 90_000);
});

describe('a parked pay-in', () => {
  test('is tried again, stays while its account is unknown, and is discarded with a note', async () => {
    const stranger = { ...JSON.parse(badMessage('3.00')), accountId: '64000001' } as Json;
    await upstream.sendRaw([{ key: 'x', value: Buffer.from(JSON.stringify(stranger)) }]);
    await eventually(
      () => operator.get(1, '/v1/parked-pay-ins'),
      ({ items }) => (items as unknown[]).length === 1,
    );
    await site.follow('Dead letters');
    await site.page.getByRole('link', { name: 'Parked pay-ins' }).click();
    await site.page.getByText('64000001').waitFor();
    await site.page.getByRole('button', { name: 'Try all now' }).click();
    await site.page.getByText('1 parked').waitFor();
    await site.page.getByRole('checkbox').check();
    await site.page.getByLabel('Note', { exact: true }).fill('no such account');
    await site.page.getByRole('button', { name: 'Discard chosen' }).click();
    await site.page.getByText('Nothing is parked').waitFor();
  }, 60_000);
});

test('a drained pay-out is found from its account, with what each datacenter gave', async () => {
  const body = { accountId: account, amount: '210000.00', currency: 'USD', reference: 'drained' };
  expect(await operator.post(1, '/v1/pay-outs', body)).toMatchObject({ status: 'committed' });
  await site.go(`accounts/${account}`);
  await site.page
    .getByRole('link', { name: /^Pay-out / })
    .first()
    .click();
  await site.heading('Pay-out');
  await site.page.getByText('committed').waitFor();
  await site.page.getByText('drained').waitFor();
  const gave = site.page.getByRole('region', { name: 'What each datacenter gave' });
  expect(await gave.getByRole('listitem').count()).toBe(3);
}, 60_000);

describe('by keyboard alone', () => {
  test('the content is skipped to, a page is gone to, an account is found', async () => {
    const { page } = site;
    await site.go('');
    await site.heading('Overview');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    await page.getByRole('navigation').getByRole('link', { name: 'Overview' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await site.heading('Accounts');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    await page.keyboard.press('Tab');
    await page.keyboard.type(account);
    await page.keyboard.press('Enter');
    await site.heading(`Account ${account}`);
  }, 60_000);
});

describe('every page', () => {
  let pages: [name: string, path: string, ready: string][];

  beforeAll(async () => {
    await poison(badMessage('19,99'));
    await poison(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x00, 0x61]));
    await lettersOpen(2);
    for (const amount of ['40.00', '25.00']) {
      await operator.post(1, '/v1/pay-outs', { accountId: account, amount, currency: 'USD' });
    }
    const body = { accountId: account, amount: '60000.00', currency: 'USD' };
    const { payOutId } = await operator.post(1, '/v1/pay-outs', body);
    const { accountId: closed } = await operator.post(1, '/v1/accounts', {
      username: 'closed',
      initialBalance: '9.00',
    });
    await operator.delete(1, `/v1/accounts/${String(closed)}?force=true&reason=fraud`);
    const { items } = (await operator.get(1, '/v1/dead-letters?reason=invalid_message')) as {
      items: Json[];
    };
    pages = [
      ['overview', '', '[data-level]'],
      ['account', `accounts/${account}`, 'section li'],
      ['accounts', 'accounts?username=ada.lovelace', 'table'],
      ['pay-out', `pay-outs/${String(payOutId)}`, 'section li'],
      ['pay-in', `pay-ins?commandId=${commandId}`, 'dl'],
      ['dead-letters', 'dead-letters', 'table'],
      [
        'dead-letter',
        `dead-letters/${String(items[0]?.['id'])}`,
        '[aria-label="Bytes of the value"]',
      ],
      ['parked', 'parked', 'section:has-text("Nothing is parked"), table'],
      ['drains', 'drains', 'table'],
      ['audit', 'audit', 'section:has-text("Left in deleted accounts at dc1") table'],
    ];
  }, 60_000);

  test.each<[number, Theme]>([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ])(
    'at %i pixels, %s: fits, and axe finds nothing',
    async (width, theme) => {
      await site.page.setViewportSize({ width, height: width > 700 ? 900 : 844 });
      await site.in(theme);
      const violations: Record<string, unknown> = {};
      for (const [name, path, ready] of pages) {
        await site.go(path);
        await site.page.locator(ready).first().waitFor();
        await site.page.waitForTimeout(name === 'overview' ? 1_500 : 300);
        const found = await site.accessibilityViolations();
        const overflow = await site.overflow();
        if (found.length > 0) violations[name] = found;
        if (overflow > 0) violations[`${name} is too wide`] = overflow;
        await site.keepPicture(`${name}-${width}-${theme}`);
      }
      expect(violations).toEqual({});
    },
    180_000,
  );

  test('breaks no policy and throws nothing', () => {
    expect(site.complaints).toEqual([]);
  });
});

test('a gateway with consoles open stops at once', async () => {
  const response = await fetch(`${site.url}/v1/operations/overview/stream`, {
    headers: { authorization: `Bearer ${site.token}` },
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body!.getReader();
  const first = await reader.read();
  expect(Buffer.from(first.value!).toString()).toContain('event: snapshot');
  const startedMs = Date.now();
  await cluster.stopMember('gateway', 1);
  expect(Date.now() - startedMs).toBeLessThan(3_000);
  while (!(await reader.read()).done);
}, 30_000);
