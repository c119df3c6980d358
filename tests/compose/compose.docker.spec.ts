import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@billing/testing';
import { ComposeProject, docker } from './compose-project.js';

const project = new ComposeProject();
const apps = [1, 2, 3].flatMap((node) =>
  ['gateway', 'ledger-worker', 'coordinator'].map((app) => `${app}-${node}`),
);
const MEGABYTE = 1e6;
let headers: Record<string, string>;

beforeAll(async () => {
  await project.up();
  const output = await project.surely(['run', '--rm', 'billing', 'token']);
  const token = /^ey[\w-]+\.[\w-]+\.[\w-]+/m.exec(output)?.[0];
  headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
}, 1_200_000);

afterAll(() => project.destroy(), 150_000);

async function call(
  node: number,
  path: string,
  body?: object,
  more: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch((await project.url(`gateway-${node}`, 8080)) + path, {
    method: body ? 'POST' : 'GET',
    headers: { ...headers, ...more },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function openAccount(initialBalance: string): Promise<string> {
  const { body } = await call(1, '/v1/accounts', { username: 'compose', initialBalance });
  const id = String(body['accountId']);
  // Its shares are everywhere before anybody pays out of them.
  await eventually(
    async () => (await call(3, `/v1/accounts/${id}/balance`)).body,
    ({ total, parts }) =>
      total === initialBalance &&
      (parts as { balance: string }[]).every(({ balance }) => balance !== '0.00'),
  );
  return id;
}

const payOut = (node: number, accountId: string, amount: string, key: string) =>
  call(node, '/v1/pay-outs', { accountId, amount, currency: 'USD' }, { 'idempotency-key': key });

describe('docker compose up', () => {
  test('money in at one datacenter, out at another, drained from all', async () => {
    const account = await openAccount('100.00');
    const payIn = { accountId: account, amount: '12.50', currency: 'USD' };
    expect(await call(2, '/v1/pay-ins', payIn)).toMatchObject({ status: 202 });
    await eventually(
      async () => (await call(3, `/v1/accounts/${account}/balance`)).body,
      ({ total }) => total === '112.50',
    );
    const paid = await payOut(3, account, '80.00', 'compose-1');
    expect(paid).toMatchObject({ status: 201, body: { status: 'committed', amount: '80.00' } });
    expect((paid.body['parts'] as unknown[]).length).toBeGreaterThan(1);
    expect(await payOut(1, account, '80.00', 'compose-2')).toMatchObject({ status: 422 });
  }, 60_000);

  test.each(apps)('%s is nobody, may nothing and writes nowhere', async (app) => {
    expect(await project.inspect(app, '.Config.User')).toBe('node');
    expect(await project.inspect(app, '.HostConfig')).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
    });
    expect(await project.inspect(app, '.State.Health.Status')).toBe('healthy');
  });

  test('everything is published on this machine alone, and workers publish nothing', async () => {
    const output = await project.surely(['ps', '--format', '{{.Service}} {{.Ports}}']);
    const published = output.split(/\s/).filter((word) => word.includes('->'));
    // A datacenter: PostgreSQL, Kafka, two of the gateway and two of the coordinator, one for its management.
    expect(published).toHaveLength(3 * 6);
    expect(published.every((address) => address.startsWith('127.0.0.1:'))).toBe(true);
    expect(output).not.toMatch(/ledger-worker-\d .*->/);
  });

  test('the app image adds less than 120 MB to its base', async () => {
    const size = async (image: string): Promise<number> =>
      Number((await docker(['image', 'inspect', '--format', '{{.Size}}', image])).output);
    const added = (await size('geo-billing-app')) - (await size('node:24-trixie-slim'));
    expect(added / MEGABYTE).toBeGreaterThan(1);
    expect(added / MEGABYTE).toBeLessThan(120);
  });
});

describe('a datacenter whose PostgreSQL is killed', () => {
  test('stops nobody else, and a replay that goes on through it ends equal', async () => {
    const account = await openAccount('90.00');
    const replay = project.run(['run', '--rm', 'demo', '--limit', '3000'], 300_000);
    await pause(9_000);
    await project.surely(['kill', 'postgres2']);
    for (let i = 1; i <= 5; i += 1) {
      const paid = await payOut(3, account, '1.00', `away-${i}`);
      expect(paid).toMatchObject({ status: 201 });
    }
    await project.surely(['start', 'postgres2']);
    const { code, output } = await replay;
    expect(output).toContain('mismatches  none');
    expect(code).toBe(0);
  }, 330_000);
});

describe('three workers for one datacenter', () => {
  test('share its partitions', async () => {
    await project.surely(
      ['up', '--detach', '--wait', '--no-recreate', '--scale', 'ledger-worker-1=3'],
      120_000,
    );
    const listed = () => project.surely(['run', '--rm', 'billing', 'offsets', 'list']);
    await eventually(
      async () => {
        const lines = (await listed()).split('\n').filter((line) => line.startsWith('dc1 '));
        return new Set(lines.flatMap((line) => line.match(/\b[0-9a-f]{12}(?=:\d+ )/) ?? []));
      },
      (workers) => workers.size === 3,
      60_000,
    );
  }, 200_000);
});

describe('stopping and refusing', () => {
  test.each(['gateway-1', 'coordinator-2', 'ledger-worker-3'])(
    'SIGTERM ends %s at once and in order',
    async (app) => {
      const startedMs = performance.now();
      await project.surely(['stop', app]);
      expect(performance.now() - startedMs).toBeLessThan(10_000);
      expect(await project.inspect(app, '.State.ExitCode')).toBe(0);
    },
    60_000,
  );

  test.each(['gateway-1', 'ledger-worker-1', 'coordinator-1'])(
    '%s refuses production with development secrets, and shows none',
    async (app) => {
      const run = await project.run(['run', '--rm', '--no-deps', '-e', 'NODE_ENV=production', app]);
      expect(run.code).toBe(2);
      expect(run.output).toContain('DATABASE_PASSWORD_FILE is a development secret');
      expect(run.output).not.toContain('never-for-production');
    },
    60_000,
  );

  test('so does the SQL pipeline', async () => {
    const run = await project.run([
      ...['run', '--rm', '--no-deps', '-e', 'NODE_ENV=production', 'psql-client'],
    ]);
    expect(run.code).toBe(1);
    expect(run.output).toContain('.password is a development password');
  }, 60_000);
});
