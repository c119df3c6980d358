import {
  toStatusMessage,
  type BillingErrorReason,
  type PayOutRequest,
  type PayOutsRequest,
  type PayOutsResponse,
} from '@billing/contracts';
import { loadBilling } from '@billing/grpc';
import { createLog } from '@billing/observability';
import * as grpc from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpProblem } from '../http/http-problem.js';
import { CoordinatorClient } from './coordinator-client.js';

type ServerStream = grpc.ServerDuplexStream<PayOutsRequest, PayOutsResponse>;

/** A gRPC server in the coordinator's place that answers as each test says. */
class ScriptedCoordinator {
  readonly streams: ServerStream[] = [];
  readonly received: PayOutsRequest[] = [];
  onRequest: (message: PayOutsRequest, stream: ServerStream) => void = (message, stream) =>
    stream.write(paid(message));
  onStream: (stream: ServerStream) => void = () => undefined;
  port = 0;
  private server: grpc.Server | undefined;

  async start(): Promise<void> {
    const server = new grpc.Server();
    server.addService(loadBilling().Billing.service, {
      PayOuts: (stream: ServerStream) => this.serve(stream),
    });
    this.port = await new Promise<number>((resolve, reject) =>
      server.bindAsync(
        `127.0.0.1:${this.port}`,
        grpc.ServerCredentials.createInsecure(),
        (error, port) => (error === null ? resolve(port) : reject(error)),
      ),
    );
    this.server = server;
  }

  /** As a killed process does it: connections are gone at once. */
  kill(): void {
    this.server?.forceShutdown();
    this.server = undefined;
  }

  private serve(stream: ServerStream): void {
    this.streams.push(stream);
    stream.on('data', (message: PayOutsRequest) => {
      this.received.push(message);
      this.onRequest(message, stream);
    });
    stream.on('end', () => stream.end());
    stream.on('error', () => undefined);
    this.onStream(stream);
  }
}

function paid({ sequence, request }: PayOutsRequest): PayOutsResponse {
  const { accountId, amount, currency, reference } = request!;
  const payOut = {
    payOutId: '018f0000-0000-8001-8000-000000000000',
    accountId,
    amount,
    currency,
    status: 'PAY_OUT_STATUS_COMMITTED' as const,
    parts: [{ nodeId: 1, amount }],
    reference,
    createdAt: '2026-01-01T00:00:00Z',
    decidedAt: '2026-01-01T00:00:00Z',
    rejection: '',
    metadataJson: '',
    duplicateOf: '',
    charge: null,
    upTo: null,
    refunded: '',
    refunds: [],
  };
  return { sequence, response: { payOut, replayed: false, position: '1.1:7' } };
}

function refused(
  { sequence }: PayOutsRequest,
  reason: BillingErrorReason,
  metadata: Record<string, string>,
): PayOutsResponse {
  return { sequence, error: toStatusMessage({ code: 9, message: 'said so', reason, metadata }) };
}

const DEADLINE_MS = 200;
const MARGIN_MS = 100;
const IN_FLIGHT_MAX = 100;
const STALL_MS = 2_000;

let coordinator: ScriptedCoordinator;
let client: CoordinatorClient;

beforeEach(async () => {
  coordinator = new ScriptedCoordinator();
  await coordinator.start();
  client = connect();
});

/** A busy machine is silent, too: where nothing is about that, a stream has long for it. */
function connect(stallMs = 60_000): CoordinatorClient {
  return new CoordinatorClient(
    { url: `127.0.0.1:${coordinator.port}`, deadlineMs: 1_000 },
    {
      inFlightMax: IN_FLIGHT_MAX,
      answerMarginMs: MARGIN_MS,
      stallMs,
      log: createLog({ app: 'spec', nodeId: 1, level: 'silent' }),
    },
  );
}

async function reconnect(stallMs: number): Promise<void> {
  await client.close();
  client = connect(stallMs);
}

afterEach(async () => {
  coordinator.kill();
  await client.close();
});

function payOut(change: Partial<PayOutRequest> = {}, token = 'Bearer a.b.c') {
  const request: PayOutRequest = {
    accountId: '17',
    amount: '1.00',
    currency: 'USD',
    reference: '',
    metadataJson: '',
    idempotencyKey: 'key',
    drain: 'DRAIN_ANY',
    deadlineMs: DEADLINE_MS,
    homeNodeId: 0,
    charge: null,
    upTo: null,
    ...change,
  };
  const caller = { id: 'request', address: '127.0.0.1', headers: { authorization: token } };
  return client.payOut(request, caller);
}

const problemOf = async (call: Promise<unknown>): Promise<HttpProblem> =>
  call.then(
    () => Promise.reject(new Error('it was not refused')),
    (problem: HttpProblem) => problem,
  );

const until = async (condition: () => boolean): Promise<void> => {
  const endMs = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error('not within 20 s');
    await sleep(5);
  }
};

/** Asks until the problem is of this kind. */
async function eventually(ask: () => Promise<HttpProblem>, kind: string): Promise<HttpProblem> {
  for (;;) {
    const problem = await ask();
    if (problem.kind === kind) return problem;
    await sleep(5);
  }
}

async function timed<T>(call: Promise<T>): Promise<{ result: T; ms: number }> {
  const startMs = performance.now();
  return { result: await call, ms: performance.now() - startMs };
}

describe('pay-outs over one stream', () => {
  test('get their own answers whatever the order, and carry whose they are', async () => {
    const held: PayOutsRequest[] = [];
    coordinator.onRequest = (message, stream) => {
      held.push(message);
      if (held.length < IN_FLIGHT_MAX) return;
      for (const one of held.splice(0).reverse()) stream.write(paid(one));
    };
    const calls = Array.from({ length: IN_FLIGHT_MAX }, (_, n) =>
      payOut({ amount: `${n + 1}.00`, deadlineMs: 5_000 }, `Bearer ${n}`),
    );
    const answers = await Promise.all(calls);
    expect(answers.map(({ payOut: { amount } }) => amount)).toEqual(
      answers.map((_, n) => `${n + 1}.00`),
    );
    expect(coordinator.streams).toHaveLength(1);
    expect(coordinator.received.map(({ sequence }) => sequence)).toEqual([...answers.keys()]);
    expect(coordinator.received[7]).toMatchObject({ authorization: 'Bearer 7' });
  });

  test('that come in one turn of the event loop are written in one', async () => {
    await payOut();
    let turns = 0;
    let isTurnKnown = false;
    const answer = coordinator.onRequest;
    coordinator.onRequest = (message, stream) => {
      if (!isTurnKnown) {
        turns += 1;
        isTurnKnown = true;
        setImmediate(() => (isTurnKnown = false));
      }
      answer(message, stream);
    };
    await Promise.all(Array.from({ length: 20 }, () => payOut({ deadlineMs: 5_000 })));
    // One; two or three where the kernel hands them over in parts.
    expect(turns).toBeLessThanOrEqual(5);
  });

  test('that are refused say why, with facts', async () => {
    coordinator.onRequest = (message, stream) =>
      stream.write(
        refused(message, 'INSUFFICIENT_REACHABLE_FUNDS', {
          pay_out_id: 'x',
          available: '5.00',
          stranded: '7.00',
          unreachable_nodes: '2,3',
          retryable: 'true',
        }),
      );
    const problem = await problemOf(payOut());
    expect(problem.body).toMatchObject({
      type: expect.stringMatching(/\/insufficient-reachable-funds$/),
      status: 503,
      detail: 'said so',
      retryable: true,
      payOutId: 'x',
      available: '5.00',
      stranded: '7.00',
      unreachableNodes: [2, 3],
    });
  });

  test('without a coordinator: nothing is sent, the second says so at once, and the next after its return is paid', async () => {
    await payOut();
    coordinator.kill();
    await until(() => coordinator.streams[0]!.cancelled);
    // Until this side has heard it too, what is sent may have arrived.
    let first = await timed(problemOf(payOut()));
    for (let tries = 1; first.result.kind === 'outcome-unknown' && tries < 10; tries += 1) {
      first = await timed(problemOf(payOut()));
    }
    expect(first.result).toMatchObject({
      kind: 'unavailable',
      detail: expect.stringContaining('nothing was sent'),
    });
    expect(first.ms).toBeLessThan(1_200);
    const second = await timed(problemOf(payOut()));
    expect(second.result.kind).toBe('unavailable');
    expect(second.ms).toBeLessThan(500);

    await coordinator.start();
    const back = await timed(
      (async () => {
        for (;;) {
          const answer = await payOut().catch(() => undefined);
          if (answer !== undefined) return answer;
          await sleep(20);
        }
      })(),
    );
    expect(back.ms).toBeLessThan(2_500);
    expect(coordinator.streams).toHaveLength(2);
  });

  test('written when the stream breaks are of unknown outcome', async () => {
    coordinator.onRequest = () => undefined;
    const calls = Array.from({ length: 5 }, () => problemOf(payOut({ deadlineMs: 10_000 })));
    await until(() => coordinator.received.length === 5);
    coordinator.kill();
    for (const problem of await Promise.all(calls)) {
      expect(problem).toMatchObject({ kind: 'outcome-unknown', status: 503, retryable: true });
      expect(problem.detail).toContain('same Idempotency-Key');
    }
  });

  test('without an answer in time are of unknown outcome; a late one harms nobody', async () => {
    const held: PayOutsRequest[] = [];
    coordinator.onRequest = (message) => held.push(message);
    const { result, ms } = await timed(problemOf(payOut()));
    expect(result.kind).toBe('outcome-unknown');
    expect(ms).toBeGreaterThan(DEADLINE_MS + MARGIN_MS - 20);
    expect(ms).toBeLessThan(DEADLINE_MS + MARGIN_MS + 400);

    coordinator.onRequest = (message, stream) => {
      stream.write(paid(held[0]!));
      stream.write(paid(message));
    };
    expect((await payOut({ amount: '2.00' })).payOut.amount).toBe('2.00');
    expect(coordinator.streams).toHaveLength(1);
  });

  test('more than may wait are refused, and again taken once there is room', async () => {
    const held: PayOutsRequest[] = [];
    coordinator.onRequest = (message) => held.push(message);
    const calls = Array.from({ length: IN_FLIGHT_MAX }, () => payOut({ deadlineMs: 5_000 }));
    expect(await problemOf(payOut())).toMatchObject({ kind: 'overloaded', status: 503 });
    await until(() => held.length === IN_FLIGHT_MAX);
    expect(await problemOf(payOut())).toMatchObject({ kind: 'overloaded', status: 503 });
    coordinator.onRequest = (message, stream) => stream.write(paid(message));
    for (const message of held) coordinator.streams[0]!.write(paid(message));
    await Promise.all(calls);
    await payOut();
  });

  test('that wait no longer count until they are answered; a stream that answers nothing is given up', async () => {
    await reconnect(STALL_MS);
    const held: PayOutsRequest[] = [];
    coordinator.onRequest = (message) => held.push(message);
    const late = Array.from({ length: IN_FLIGHT_MAX }, () => problemOf(payOut()));
    await Promise.all(late);
    expect((await problemOf(payOut())).kind).toBe('overloaded');
    await until(() => held.length === IN_FLIGHT_MAX);
    coordinator.streams[0]!.write(paid(held[0]!));
    const freed = await eventually(() => problemOf(payOut()), 'outcome-unknown');
    expect(freed.detail).toContain('in time');

    await sleep(STALL_MS);
    expect((await problemOf(payOut())).kind).toBe('overloaded');
    coordinator.onRequest = (message, stream) => stream.write(paid(message));
    await until(() => coordinator.streams[0]!.cancelled);
    expect((await payOut()).payOut.status).toBe('PAY_OUT_STATUS_COMMITTED');
    expect(coordinator.streams).toHaveLength(2);
  });

  test('come at once after a quiet time, and their stream is not taken for one that answers nothing', async () => {
    await reconnect(STALL_MS);
    await payOut();
    await sleep(STALL_MS + 100);
    const held: PayOutsRequest[] = [];
    coordinator.onRequest = (message) => held.push(message);
    const calls = Array.from({ length: IN_FLIGHT_MAX }, () => payOut({ deadlineMs: 5_000 }));
    expect((await problemOf(payOut())).kind).toBe('overloaded');
    await until(() => held.length === IN_FLIGHT_MAX);
    for (const message of held) coordinator.streams[0]!.write(paid(message));
    await Promise.all(calls);
    expect(coordinator.streams).toHaveLength(1);
  });

  test('do not open stream after stream at a coordinator that ends each at once', async () => {
    coordinator.onStream = (stream) => stream.end();
    const endMs = performance.now() + 600;
    while (performance.now() < endMs) {
      expect((await problemOf(payOut())).status).toBe(503);
      await sleep(5);
    }
    // At 0, 100, 300 and 700 ms.
    expect(coordinator.streams.length).toBeLessThanOrEqual(4);
  });

  test('end with a half-close after the last answer', async () => {
    await payOut();
    let ended = false;
    coordinator.streams[0]!.on('end', () => (ended = true));
    await client.close();
    expect(ended).toBe(true);
    expect((await problemOf(payOut())).kind).toBe('unavailable');
  });

  test('under way when patience ends are told that their outcome is unknown', async () => {
    coordinator.onRequest = () => undefined;
    const call = problemOf(payOut({ deadlineMs: 60_000 }));
    await until(() => coordinator.received.length === 1);
    client.abandonPayOuts();
    expect((await call).kind).toBe('outcome-unknown');
  });
});
