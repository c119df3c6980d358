import type { RpcName } from '@billing/contracts';
import { findFreePorts, type CoordinatorConnection } from '@billing/cluster';
import { AppProcess, eventually } from '@billing/testing';
import { AccessSite, scopesWithout, type Subject } from './access-site.js';
import { healthOf } from '../coordinator/coordinator-client.js';
import { ReflectionClient } from '../coordinator/reflection-client.js';
import { RpcCaller, type Outcome } from './rpc-caller.js';
import { otherWays, rpcRows, servedRows, type RpcRow } from './rpc-rows.js';

// The table of rpcs × { no token, too few scopes, another tenant, over its limit, right }: rpc-rows.ts has the rows.
let site: AccessSite;
/** Of node 1 as well; takes one call a second of a client of a tenant. */
let limited: AppProcess;
let atLimited: CoordinatorConnection;
/** Of a client that has used that up for longer than any test lasts. */
let busy: string;

beforeAll(async () => {
  site = await AccessSite.start();
  const { cluster } = site.tenants;
  const [grpcPort, managementPort] = await findFreePorts(2);
  limited = AppProcess.start(cluster, 'coordinator', 1, {
    COORDINATOR_RATE_MAX: '1',
    GRPC_PORT: String(grpcPort),
    MANAGEMENT_PORT: String(managementPort),
  });
  atLimited = cluster.coordinatorConnection(`127.0.0.1:${grpcPort}`);
  await eventually(
    () => healthOf(atLimited, ''),
    (health) => health === 'SERVING',
  );
  busy = await cluster.signToken({ sub: 'busy', tenant: 'mine' });
  // Many at once count as what is in them.
  const ids = Array<string>(500).fill('billing.payin/0/999999');
  const { code } = await call(busy, atLimited, (caller) =>
    caller.unary(({ operations }, ...how) =>
      operations.actOnDeadLetters({ act: 'replay', ids }, ...how),
    ),
  );
  expect(code).toBe('OK');
}, 120_000);

afterAll(async () => {
  await limited?.stop();
  await site?.destroy();
}, 60_000);

async function call(
  token: string | undefined,
  at: CoordinatorConnection,
  ask: (caller: RpcCaller) => Promise<Outcome>,
): Promise<Outcome> {
  const caller = new RpcCaller(at, token);
  try {
    return await ask(caller);
  } finally {
    caller.close();
  }
}

describe.each(Object.entries({ ...rpcRows, ...otherWays, ...servedRows }))('%s', (_, row) => {
  let subject: Subject;
  let before: unknown;

  beforeAll(async () => {
    subject = await site.makeSubject(row.about ?? 'nothing');
    before = await site.stateOf(subject);
  });

  const ask = (token?: string, at = site.tenants.cluster.coordinatorConnection(1)) =>
    call(token, at, (caller) => row.ask(caller, subject));
  const expectRight = (outcome: Outcome): void =>
    expect(outcome).toMatchObject({ code: 'OK', answer: row.says ?? {} });
  const expectRefused = async (outcome: Outcome, code: string, reason: string): Promise<void> => {
    // Reflection ends a stream: it has nowhere to say why.
    expect(outcome).toMatchObject(row.scopes === 'any' ? { code } : { code, reason });
    expect(await site.stateOf(subject)).toEqual(before);
  };

  test('without a token', async () => {
    const outcome = await ask();
    if (row.scopes === 'public') expectRight(outcome);
    else await expectRefused(outcome, 'UNAUTHENTICATED', 'UNAUTHENTICATED');
  });

  test('with too few scopes', async () => {
    for (const [scope, left] of lacking(row)) {
      const outcome = await ask(await site.token(left));
      await expectRefused(outcome, 'PERMISSION_DENIED', 'SCOPE_MISSING');
      if (row.scopes !== 'any') expect(outcome.facts).toMatchObject({ scope });
    }
    if (row.scopes === 'public') expectRight(await ask(await site.token('')));
  });

  test('of another tenant', async () => {
    const { strangers } = row;
    const others = strangers === 'single' ? [site.ofSeveral] : site.strangers;
    for (const { token } of others) {
      const outcome = await ask(token);
      if (typeof strangers === 'object') expectRight(outcome);
      else if (strangers === 'refused') {
        const results = [{ result: 'refused', reason: 'not_found' }];
        expect(outcome).toMatchObject({ code: 'OK', answer: { results } });
      } else if (strangers === 'single') {
        await expectRefused(outcome, 'PERMISSION_DENIED', 'TENANT_MISSING');
      } else await expectRefused(outcome, 'NOT_FOUND', strangers);
    }
    expect(await site.stateOf(subject)).toEqual(before);
  });

  test('over its limit', async () => {
    const outcome = await ask(busy, atLimited);
    if (row.scopes === 'public') expectRight(outcome);
    else await expectRefused(outcome, 'RESOURCE_EXHAUSTED', 'RATE_EXCEEDED');
  });

  test('right', async () => {
    const scopes = typeof row.scopes === 'string' ? ['services:read'] : row.scopes;
    expectRight(await ask(await site.token(scopes.join(' '))));
  });
});

/** What a token may lack, and what it has instead. */
function lacking({ scopes }: RpcRow): (readonly [scope: string, left: string])[] {
  if (scopes === 'public') return [];
  // The one scope that no rpc wants.
  if (scopes === 'any') return [['any', 'accounts:read']];
  return scopes.map((scope) => [scope, scopesWithout(scope)] as const);
}

test('a rate is that of a client of a tenant: of its name in another tenant, and of others there, nothing is taken', async () => {
  for (const claims of [
    { sub: 'busy', tenant: 'theirs' },
    { sub: 'calm', tenant: 'mine' },
  ]) {
    const token = await site.tenants.cluster.signToken(claims);
    const subject = await site.makeSubject('nothing');
    const outcome = await call(token, atLimited, (caller) =>
      rpcRows.ListServices.ask(caller, subject),
    );
    expect(outcome.code).toBe('OK');
  }
});

test('each question of reflection counts, the first one as well', async () => {
  const token = await site.tenants.cluster.signToken({ sub: 'curious', tenant: 'mine' });
  const reflection = new ReflectionClient(atLimited, token);
  await expect(
    (async () => {
      for (let asked = 0; asked < 100; asked += 1) await reflection.services();
    })(),
  ).rejects.toThrow('the stream ended: RESOURCE_EXHAUSTED');
  reflection.close();
});

describe('an rpc without a row', () => {
  test('does not compile', () => {
    const { ListServices, ...others } = rpcRows;
    // @ts-expect-error ListServices is missing
    const incomplete: Readonly<Record<RpcName, RpcRow>> = others;
    expect({ ...incomplete, ListServices }).toEqual(rpcRows);
  });

  test('is found by what the server says of itself, and so is a row without an rpc', async () => {
    const { cluster } = site.tenants;
    const at = cluster.coordinatorConnection(1);
    const reflection = new ReflectionClient(at, await site.token('services:read'));
    const { methods } = await reflection.everything();
    reflection.close();
    const served = methods.map((name) => name.replace(/^billing\.v1\.\w+\//, ''));
    expect(served.sort()).toEqual(Object.keys({ ...rpcRows, ...servedRows }).sort());
    for (const way of Object.keys(otherWays)) expect(served).toContain(way.split(' ', 1)[0]);
  });
});
