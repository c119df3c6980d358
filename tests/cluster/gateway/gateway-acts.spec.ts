import { findFreePorts, type Cluster } from '@billing/cluster';
import { decodePayIn } from '@billing/contracts';
import { applyPayIns, claimPartition } from '@billing/database';
import { AppProcess, eventually, Ledger, startCluster } from '@billing/testing';
import { runBilling } from '../command-line/billing-program.js';
import { essence, GatewayProcess, problem, type Answer } from './gateway-process.js';
import { requestOf } from './url-clients.js';

// Who did what, from where, and what it changed. No Kafka: none of it comes from there.
const TOPIC = 'billing.payin';
/** Believed by the gateways, as the gateways are by the coordinators of the cluster. */
const PROXY = '127.0.0.9';
let cluster: Cluster;
let first: GatewayProcess;
let second: GatewayProcess;
/** Its coordinator believes nobody's word of addresses. */
let unbelieved: GatewayProcess;
let suspicious: AppProcess;
let ledger: Ledger;

interface Act {
  readonly [field: string]: unknown;
}

beforeAll(async () => {
  const believing = { TRUSTED_PROXIES: '127.0.0.1' };
  cluster = await startCluster({
    nodeCount: 2,
    members: ['postgres', 'coordinator'],
    postgres: { fsync: false },
    appEnvironment: { coordinator: believing },
  });
  ledger = new Ledger(cluster, 1);
  const [grpcPort, managementPort] = await findFreePorts(2);
  suspicious = AppProcess.start(cluster, 'coordinator', 1, {
    TRUSTED_PROXIES: '',
    GRPC_PORT: String(grpcPort),
    MANAGEMENT_PORT: String(managementPort),
  });
  second = await GatewayProcess.launch(cluster, { TRUSTED_PROXIES: `${PROXY},127.0.0.1` }, 2);
  first = await GatewayProcess.launch(cluster, {
    TRUSTED_PROXIES: PROXY,
    CONSOLE_PEER_GATEWAYS: `2=${second.url}`,
  });
  unbelieved = await GatewayProcess.launch(cluster, { COORDINATOR_URL: `127.0.0.1:${grpcPort}` });
  for (const gateway of [first, second, unbelieved]) {
    await eventually(
      () => gateway.failures().catch(() => ({})),
      (failures) => Object.keys(failures).join() === 'kafka',
      60_000,
    );
  }
}, 120_000);

afterAll(async () => {
  await Promise.all([first, second, unbelieved, suspicious].map((app) => app?.stop()));
  await ledger?.close();
  await cluster?.destroy();
}, 60_000);

const bearer = async (claims: object): Promise<Record<string, string>> => ({
  authorization: `Bearer ${await cluster.signToken({ sub: 'ops', ...claims })}`,
});

async function actsOf(objectId: string, at = first, path = '/v1/acts'): Promise<Act[]> {
  const query = new URLSearchParams({ objectId });
  return (await at.call('GET', `${path}?${query}`)).body['items'] as Act[];
}

async function openAccount(at = first, money = '100.00'): Promise<string> {
  const { body } = await at.call('POST', '/v1/accounts', {
    username: 'acts',
    initialBalance: money,
  });
  const id = body['accountId'] as string;
  for (const other of [first, second]) {
    await eventually(
      () => other.call('GET', `/v1/accounts/${id}/balance`),
      // Each has its share: on its way it is in neither part, and before that all is at one.
      ({ body }) =>
        body['total'] === money &&
        (body['parts'] as { balance: string }[]).every(({ balance }) => balance !== '0.00'),
    );
  }
  return id;
}

interface From {
  /** Of this machine. */
  readonly localAddress: string;
  /** What is said of others. */
  readonly forwardedFor?: string;
}

/** @returns the status of the answer */
async function postFrom(
  { localAddress, forwardedFor }: From,
  at: GatewayProcess,
  path: string,
  body: object,
): Promise<number | undefined> {
  const headers = {
    ...(await bearer({})),
    'content-type': 'application/json',
    ...(forwardedFor !== undefined && { 'x-forwarded-for': forwardedFor }),
  };
  return new Promise((resolve, reject) => {
    const how = { method: 'POST', agent: false, localAddress, headers } as const;
    const asked = requestOf(at.url)(at.url + path, how, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    asked.on('error', reject);
    asked.end(JSON.stringify(body));
  });
}

const correctFrom = (from: From, at: GatewayProcess, account: string) =>
  postFrom(from, at, `/v1/accounts/${account}/corrections`, {
    amount: '-1.00',
    currency: 'USD',
    reason: 'spec',
  });

/** A dead letter, as the worker would have it. */
async function addLetter(partition: number, { database } = ledger): Promise<string> {
  const value = Buffer.from('{"broken');
  const { epoch } = await claimPartition(database, {
    topic: TOPIC,
    partition,
    workerId: 'spec',
    logStart: 0n,
    highWatermark: 1n,
  });
  await applyPayIns(database, {
    topic: TOPIC,
    partition,
    epoch,
    firstOffset: 0n,
    nextOffset: 1n,
    messages: [{ offset: '0', key: Buffer.from('k'), value }],
    contents: [decodePayIn(value)],
  });
  return `${TOPIC}/${partition}/0`;
}

describe('an act is kept with who did it, from where, and how its object was before and after', () => {
  test.each([
    ['the other end of the connection', '127.0.0.5', '203.0.113.5', '127.0.0.5'],
    ['what a trusted proxy says', PROXY, '198.51.100.1, 203.0.113.5', '203.0.113.5'],
  ])('the address is %s', async (_, localAddress, forwardedFor, address) => {
    const account = await openAccount();
    expect(await correctFrom({ localAddress, forwardedFor }, first, account)).toBe(201);
    expect(await actsOf(account)).toEqual([
      {
        id: expect.stringMatching(/^account\//),
        act: 'correct',
        result: null,
        objectType: 'account',
        objectId: account,
        tenant: 'default',
        client: 'ops',
        address,
        at: expect.stringMatching(/Z$/),
        note: 'spec',
        before: { balance: '50.00', currency: 'USD' },
        after: { balance: '49.00', currency: 'USD' },
      },
    ]);
  });

  test('the word of a gateway that the coordinator does not trust is not believed', async () => {
    const account = await openAccount();
    const from = { localAddress: '127.0.0.5', forwardedFor: '203.0.113.5' };
    expect(await correctFrom(from, unbelieved, account)).toBe(201);
    expect(await actsOf(account)).toMatchObject([{ act: 'correct', address: '127.0.0.1' }]);
  });

  test('a deletion at another node is kept there, with the parts that were seen here', async () => {
    const account = await openAccount(second);
    const forced = await first.call('DELETE', `/v1/accounts/${account}?force=true&reason=fraud`);
    expect(forced.status).toBe(204);
    expect(await actsOf(account)).toEqual([]);
    // Through the gateway of the other datacenter, too.
    for (const acts of [
      await actsOf(account, second),
      await actsOf(account, first, '/v1/operations/datacenters/2/acts'),
    ]) {
      expect(acts).toMatchObject([
        {
          act: 'delete',
          client: 'developer',
          address: '127.0.0.1',
          note: 'fraud',
          before: {
            deleted: false,
            currency: 'USD',
            parts: [
              { node: 1, balance: '50.00' },
              { node: 2, balance: '50.00' },
            ],
          },
          after: { deleted: true },
        },
      ]);
    }
  });

  test('of letters', async () => {
    const id = await addLetter(1);
    const discarded = await unbelieved.call('POST', '/v1/dead-letters/bulk', {
      act: 'discard',
      ids: [id],
      note: 'rubbish',
    });
    expect(discarded.body['results']).toMatchObject([{ result: 'discarded' }]);
    expect(await actsOf(id)).toMatchObject([
      {
        act: 'discard',
        result: 'discarded',
        objectType: 'message',
        client: 'developer',
        note: 'rubbish',
        before: { state: 'open' },
        after: { state: 'discarded' },
      },
    ]);
    expect(await actsOf(id, second)).toEqual([]);
  });

  test('through another datacenter: the address is that of who asked there', async () => {
    const elsewhere = new Ledger(cluster, 2);
    const id = await addLetter(3, elsewhere);
    await elsewhere.close();
    const path = `/v1/operations/datacenters/2/dead-letters/${id}/discard`;
    expect(await postFrom({ localAddress: '127.0.0.5' }, first, path, { note: 'why' })).toBe(200);
    expect(await actsOf(id, second)).toMatchObject([{ act: 'discard', address: '127.0.0.5' }]);
  });

  test('of people with psql and the command line, with the role that logged in', async () => {
    const account = await openAccount();
    await ledger.value('select public.deposit_balance($1, 1, 1)', [account]);
    expect(await actsOf(account)).toMatchObject([
      {
        act: 'deposit',
        client: 'psql admin',
        address: expect.stringMatching(/^127\./),
        before: { balance: '50.00' },
        after: { balance: '51.00' },
      },
    ]);
  });
});

describe('acts are listed', () => {
  const get = async (query: object, claims: object = {}): Promise<Answer> =>
    first.call(
      'GET',
      `/v1/acts?${new URLSearchParams(query as Record<string, string>)}`,
      undefined,
      await bearer({ scope: 'operator:read', ...claims }),
    );

  test('newest first, page by page, by client and time', async () => {
    const account = await openAccount();
    for (const reason of ['one', 'two', 'three']) {
      const body = { amount: '1.00', currency: 'USD', reason };
      const made = await first.call('POST', `/v1/accounts/${account}/corrections`, body);
      expect(made.status).toBe(201);
    }
    const notes: unknown[] = [];
    const times: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await get({ objectId: account, limit: '1', ...(cursor && { cursor }) });
      const [act] = body['items'] as Act[];
      notes.push(act!['note']);
      times.push(act!['at'] as string);
      if (body['nextCursor'] === null) break;
      cursor = body['nextCursor'] as string;
    }
    expect(notes).toEqual(['three', 'two', 'one']);
    const noteOf = async (query: object): Promise<unknown> => {
      const { body } = await get({ objectId: account, ...query });
      return (body['items'] as Act[]).map(({ note }) => note);
    };
    expect(await noteOf({ since: times[1] })).toEqual(['three', 'two']);
    expect(await noteOf({ until: times[1] })).toEqual(['one']);
    expect(await noteOf({ client: 'developer' })).toHaveLength(3);
    expect(await noteOf({ client: 'nobody' })).toEqual([]);
  });

  test('to operators of the tenant; accepted offsets are of none, and told to those of all', async () => {
    const account = await openAccount();
    await ledger.value('select public.deposit_balance($1, 1, 1)', [account]);
    await addLetter(2);
    const where = ['--node', 'dc1', '--partition', '2', '--offset', '0'];
    const accept = ['offsets', 'accept', ...where, '--as', 'olga', '--yes'];
    const accepted = await runBilling(cluster, accept);
    expect(accepted.exitCode).toBe(0);
    const count = async (objectId: string, tenant: unknown): Promise<number> =>
      ((await get({ objectId }, { tenant })).body['items'] as Act[]).length;
    expect(await count(account, 'default')).toBe(1);
    expect(await count(account, ['other', 'default'])).toBe(1);
    expect(await count(account, 'other')).toBe(0);
    expect(await count(`${TOPIC}/2`, 'default')).toBe(0);
    expect(await count(`${TOPIC}/2`, '*')).toBe(1);
    const { body } = await get({ objectId: `${TOPIC}/2` }, { tenant: '*' });
    expect(body['items']).toMatchObject([
      {
        act: 'accept_offset',
        objectType: 'partition',
        tenant: null,
        client: 'olga (billing_operator)',
        before: { offset: '1', halt: null },
        after: { offset: '0', halt: null },
      },
    ]);
  });

  test.each([
    ['since', 'yesterday'],
    ['since', '2026-02-30T00:00:00Z'],
    ['until', '2026-01-01'],
    ['client', ''],
    ['objectId', 'x'.repeat(301)],
    ['cursor', 'AAAA'],
    ['node', '2'],
  ])('but not by %s=%s', async (name, value) => {
    expect(essence(await get({ [name]: value }))).toEqual(problem('invalid-request', 400, [name]));
  });

  test('by npx billing acts, of every node together', async () => {
    const account = await openAccount();
    for (const gateway of [second, first]) {
      const body = { amount: '1.00', currency: 'USD', reason: 'both' };
      await gateway.call('POST', `/v1/accounts/${account}/corrections`, body);
    }
    const listed = ['acts', '--object', account];
    const { out, exitCode } = await runBilling(cluster, listed);
    expect(exitCode).toBe(0);
    const [header, ...lines] = out.split('\n');
    expect(header).toMatch(/^node +at +client +address +act +object +before +after +note$/);
    expect(lines.map((line) => line.slice(0, 3))).toEqual(['dc1', 'dc2']);
    expect(lines[0]).toContain('{"balance":"51.00","currency":"USD"}');
    const one = await runBilling(cluster, [...listed, '--limit', '1', '--json']);
    expect(JSON.parse(one.out)).toMatchObject({
      more: true,
      items: [{ node: 'dc1', act: 'correct' }],
    });
    expect((await runBilling(cluster, [...listed, '--since', 'yesterday'])).exitCode).toBe(2);
    expect((await runBilling(cluster, [...listed, '--client', 'nobody'])).out).toBe('no acts');
  });
});
