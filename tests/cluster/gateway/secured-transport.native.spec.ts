import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { promisify } from 'node:util';
import { findFreePorts, type Cluster } from '@billing/cluster';
import {
  AppProcess,
  type Certificates,
  eventually,
  Ledger,
  makeCertificates,
  startCluster,
} from '@billing/testing';
import { failuresIn, GatewayProcess } from './gateway-process.js';
import { askOverTls, type TlsAsk } from './tls-client.js';

// HTTP and gRPC as docs/connections.md has them: a coordinator that wants a certificate of its clients, and
// gateways that have the right one, or another, or none. No Kafka: pay-outs need none.
let folder: string;
let own: Certificates;
let other: Certificates;
let cluster: Cluster;
let ledger: Ledger;
let coordinators: AppProcess[];
let stranger: Server;
let gateway: GatewayProcess;
let grpcPort: number;
let managementPort: number;
/** Of a coordinator in plain text. */
let plainPort: number;
/** Of a server whose certificate is of other names. */
let nameless: number;
let token: string;
const others: GatewayProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'billing-transport-'));
  [own, other] = [makeCertificates(folder, 'own'), makeCertificates(folder, 'other')];
  cluster = await startCluster({
    nodeCount: 1,
    members: ['postgres'],
    pipeline: true,
    postgres: { fsync: false },
  });
  const ports = (await findFreePorts(4)) as [number, number, number, number];
  [grpcPort, managementPort, plainPort] = ports;
  token = await cluster.signToken();
  const secured = {
    GRPC_TLS_CERT_FILE: own.certFile,
    GRPC_TLS_KEY_FILE: own.keyFile,
    GRPC_TLS_CLIENT_CA_FILE: own.caFile,
    ...httpTls(own),
  };
  coordinators = [
    startCoordinator(grpcPort, managementPort, secured),
    startCoordinator(plainPort, ports[3], {}),
  ];
  stranger = createServer({ cert: readFileSync(own.certFile), key: readFileSync(own.keyFile) });
  await once(stranger.listen(0, '127.0.0.2'), 'listening');
  nameless = (stranger.address() as AddressInfo).port;
  gateway = await GatewayProcess.launch(cluster, { ...client(own), ...httpTls(own) });
  ledger = new Ledger(cluster, 1);
  await eventually(
    async () => failuresIn(JSON.parse((await askManagement('/health/ready')).text)),
    (failures) => Object.keys(failures).join() === 'kafka',
    60_000,
  );
}, 120_000);

afterAll(async () => {
  stranger?.close();
  await Promise.all([gateway, ...(coordinators ?? [])].map((app) => app?.stop()));
  await ledger?.close();
  await cluster?.destroy();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

afterEach(async () => {
  await Promise.all(others.splice(0).map((one) => one.stop()));
});

const startCoordinator = (grpc: number, management: number, change: Record<string, string>) =>
  AppProcess.start(cluster, 'coordinator', 1, {
    GRPC_PORT: String(grpc),
    MANAGEMENT_PORT: String(management),
    ...change,
  });

const httpTls = ({ certFile, keyFile }: Certificates): Record<string, string> => ({
  HTTP_TLS_CERT_FILE: certFile,
  HTTP_TLS_KEY_FILE: keyFile,
});

/** How a gateway reaches the coordinator that belongs to these tests. */
const client = (
  shown: Certificates | undefined,
  believed: Certificates | undefined = own,
): Record<string, string> => ({
  COORDINATOR_URL: `127.0.0.1:${grpcPort}`,
  ...(shown && { GRPC_TLS_CERT_FILE: shown.certFile, GRPC_TLS_KEY_FILE: shown.keyFile }),
  ...(believed && { GRPC_TLS_CA_FILE: believed.caFile }),
});

const ca = (of: Certificates = own): string => readFileSync(of.caFile, 'utf8');

const overTls = ({ url }: { url: string }): string => url.replace('http:', 'https:');

const managementOverTls = ({ managementUrl }: GatewayProcess): string =>
  overTls({ url: managementUrl });

const ask = (path: string, more: Omit<TlsAsk, 'ca'> = {}) =>
  askOverTls(overTls(gateway) + path, { ca: ca(), token, ...more });

const askManagement = (path: string) => askOverTls(managementOverTls(gateway) + path, { ca: ca() });

async function openAccount(): Promise<string> {
  const { text } = await ask('/v1/accounts', { method: 'POST', body: { username: 'ada' } });
  return (JSON.parse(text) as { accountId: string }).accountId;
}

const payOut = (accountId: string) => ({ accountId, amount: '40.00', currency: 'USD' });

async function launch(environment: Record<string, string>): Promise<GatewayProcess> {
  const launched = await GatewayProcess.launch(cluster, environment);
  others.push(launched);
  return launched;
}

describe('HTTP', () => {
  test('is answered over TLS, to whom believes the CA', async () => {
    expect((await ask('/v1/services')).status).toBe(200);
    await expect(askOverTls(overTls(gateway), { ca: ca(other) })).rejects.toThrow('certificate');
  });

  test('is not answered in plain text', async () => {
    for (const url of [gateway.url, gateway.managementUrl]) {
      await expect(fetch(`${url}/health/live`)).rejects.toThrow('fetch failed');
    }
  });

  test.each<[string, () => string]>([
    ['gateway', () => managementOverTls(gateway)],
    ['coordinator', () => `https://127.0.0.1:${managementPort}`],
  ])('tells health and metrics of a %s', async (app, url) => {
    const live = await askOverTls(`${url()}/health/live`, { ca: ca() });
    const metrics = await askOverTls(`${url()}/metrics`, { ca: ca() });
    expect([live.status, metrics.status]).toEqual([200, 200]);
    expect(metrics.text).toContain(`app="${app}"`);
  });

  test('tells a container’s health check', async () => {
    const check = join(import.meta.dirname, '../../../deploy/images/app/is-ready');
    const isReady = (port: number | string): Promise<unknown> =>
      promisify(execFile)('bash', [check], {
        env: { ...process.env, MANAGEMENT_PORT: String(port), ...httpTls(own) },
      });
    await isReady(managementPort);
    // Without Kafka it is not.
    await expect(isReady(new URL(gateway.managementUrl).port)).rejects.toMatchObject({ code: 1 });
  });

  test('a client that never comes to agree on a key does not keep a gateway from stopping', async () => {
    const stopped = await launch(httpTls(own));
    await eventually(
      () => askOverTls(`${overTls(stopped)}/health/live`, { ca: ca() }),
      ({ status }) => status === 200,
    );
    const silent = connectTcp(Number(new URL(stopped.url).port), '127.0.0.1');
    silent.on('error', () => undefined);
    await once(silent, 'connect');
    expect(await stopped.stop()).toBe(0);
    silent.destroy();
  }, 60_000);
});

describe('who asks a gateway believes the CA that NODE_EXTRA_CA_CERTS names', () => {
  const trust = (of: Certificates): Record<string, string> => ({ NODE_EXTRA_CA_CERTS: of.caFile });

  test.each<[string, () => Certificates, object]>([
    ['another gateway', () => own, { status: 200 }],
    ['another gateway, of another CA', () => other, { status: 503 }],
  ])('%s', async (_, believed, answer) => {
    const peer = await launch({
      ...trust(believed()),
      CONSOLE_PEER_GATEWAYS: `2=${overTls(gateway)}`,
    });
    const asked = await eventually(
      () => peer.call('GET', '/v1/operations/datacenters/2/parked-pay-ins').catch(() => undefined),
      (said) => said !== undefined,
    );
    expect(asked).toMatchObject(answer);
  });

  test('npx billing', async () => {
    const id = await openAccount();
    const program = join(import.meta.dirname, '../../../tools/cli/bin/billing.js');
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, token);
    const correct = `accounts correct ${id} --amount 5.00 --currency USD --reason spec --yes`;
    const run = (believed: Certificates): Promise<{ stdout: string }> =>
      promisify(execFile)(process.execPath, [program, ...correct.split(' ')], {
        env: { ...trust(believed), GATEWAY_URL: overTls(gateway), TOKEN_FILE: tokenFile },
      });
    expect((await run(own)).stdout).toContain('has 5.00 USD now');
    await expect(run(other)).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringContaining('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    });
  }, 60_000);
});

describe('a gateway whose certificate the coordinator believes', () => {
  test('pays out', async () => {
    const id = await openAccount();
    await ledger.value('select public.deposit_balance($1, 100, 1)', [id]);
    const paid = await ask('/v1/pay-outs', {
      method: 'POST',
      body: payOut(id),
      headers: { 'idempotency-key': randomUUID() },
    });
    expect([paid.status, JSON.parse(paid.text)]).toMatchObject([201, { amount: '40.00' }]);
    expect((await ledger.localBalances([BigInt(id)])).get(BigInt(id))).toBe(6_000n);
  });
});

describe('a gateway that the coordinator, or that does not believe it, pays nothing out and says what to mend', () => {
  test.each<[string, () => Record<string, string>, RegExp]>([
    ['no certificate', () => client(undefined), /wants a certificate .* GRPC_TLS_CERT_FILE/],
    ['one of another CA', () => client(other), /GRPC_TLS_CLIENT_CA_FILE/],
    ['another CA believed', () => client(own, other), /no CA that is believed.*GRPC_TLS_CA_FILE/],
    ['no TLS', () => ({ COORDINATOR_URL: `127.0.0.1:${grpcPort}` }), /wants TLS/],
    [
      'TLS where there is none',
      () => ({ ...client(own), COORDINATOR_URL: `127.0.0.1:${plainPort}` }),
      /no TLS at this address.*COORDINATOR_URL/,
    ],
    [
      'another name than the certificate has',
      () => ({ ...client(own), COORDINATOR_URL: `127.0.0.2:${nameless}` }),
      /does not bear the name in COORDINATOR_URL/,
    ],
  ])(
    '%s',
    async (_, environment, advice) => {
      const refused = await launch(environment());
      const failure = await eventually(
        async () => (await refused.failures())['coordinator'],
        (said) => advice.test(said ?? ''),
        30_000,
      );
      expect(failure).toMatch(advice);
      const headers = { 'idempotency-key': randomUUID() };
      const answer = await refused.call('POST', '/v1/pay-outs', payOut('1'), headers);
      expect([answer.status, answer.body['detail']]).toEqual([
        503,
        expect.stringContaining('nothing was sent'),
      ]);
      const opening = await refused.call('POST', '/v1/accounts', { username: 'ada' });
      expect(opening.status).toBe(503);
      expect(refused.log).toContain('the coordinator cannot be used');
      expect(refused.log).toMatch(advice);
    },
    60_000,
  );
});

describe('a gateway does not start', () => {
  test.each<[string, () => Record<string, string>, string]>([
    [
      'with a key of another certificate',
      () => ({ HTTP_TLS_CERT_FILE: own.certFile, HTTP_TLS_KEY_FILE: other.keyFile }),
      'HTTP_TLS_KEY_FILE',
    ],
    [
      'without the file of a certificate',
      () => ({ HTTP_TLS_CERT_FILE: '/no/such', HTTP_TLS_KEY_FILE: own.keyFile }),
      'HTTP_TLS_CERT_FILE: /no/such cannot be read',
    ],
    [
      'with a client key of another certificate',
      () => ({ ...client(own), GRPC_TLS_KEY_FILE: other.keyFile }),
      'GRPC_TLS_KEY_FILE',
    ],
    [
      'with CAs that Node passes over',
      () => ({ NODE_EXTRA_CA_CERTS: own.keyFile }),
      'NODE_EXTRA_CA_CERTS',
    ],
    ['in plain text in production', () => ({ NODE_ENV: 'production' }), 'HTTP_ALLOW_PLAINTEXT'],
  ])('%s', async (_, environment, name) => {
    const launched = await launch(environment());
    expect(await launched.exit()).toBeGreaterThan(0);
    expect(launched.log).toContain(name);
  });
});
