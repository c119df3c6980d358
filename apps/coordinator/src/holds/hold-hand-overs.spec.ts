import type { Database } from '@billing/database';
import { createLog } from '@billing/observability';
import { BillingError } from '../grpc/billing.errors.js';
import { PeerSessions } from '../pay-outs/peer-sessions.js';
import { HoldHandOvers } from './hold-hand-overs.js';
import type { HoldOperationOrder, HoldOrder } from './hold.request.js';

/** What was sent to which home, until it is ended. */
interface Sent {
  readonly homeNodeId: number;
  readonly call: string;
  readonly request: Record<string, unknown>;
  readonly end: () => void;
}

const SESSIONS_MAX = 10;

class Sending {
  readonly sent: Sent[] = [];
  readonly sessions: PeerSessions;
  readonly handOvers: HoldHandOvers;

  constructor() {
    const connect = async (): Promise<unknown> => ({
      isLost: false,
      release: () => undefined,
      query: (calling: string, _: string, parameters: unknown[]) =>
        calling === 'hand_over_hold' ? this.send(parameters) : [],
    });
    this.sessions = new PeerSessions({
      database: { connect } as unknown as Database,
      purpose: 'to ask',
      sessionsMax: SESSIONS_MAX,
      nodeId: 1,
      timeoutMs: 100,
      log: createLog({ app: 'spec', nodeId: 1, level: 'silent' }),
    });
    this.handOvers = new HoldHandOvers({
      sessions: this.sessions,
      callsPerHomeMax: SESSIONS_MAX / 5,
      answerTimeoutMs: 5_000,
    });
  }

  private async send([homeNodeId, call, request]: unknown[]): Promise<unknown[]> {
    const read = JSON.parse(request as string) as Record<string, unknown>;
    await new Promise<void>((end) =>
      this.sent.push({
        homeNodeId: homeNodeId as number,
        call: call as string,
        request: read,
        end,
      }),
    );
    return call === 'execute_hold_operation'
      ? [{ status: 'answered', answer: { status: 'not_found' } }]
      : [{ status: 'answered', answer: [{ status: 'short', local_minor: '0' }] }];
  }

  countOf(call: string, homeNodeId: number): number {
    return this.sent.filter((one) => one.call === call && one.homeNodeId === homeNodeId).length;
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

const order = (homeNodeId: number, timeMs = 5_000): HoldOrder => ({
  tenant: 'default',
  clientId: 'shop',
  idempotencyKey: 'k',
  fingerprint: Buffer.from('f'),
  earlierFingerprints: [],
  accountId: '17',
  amountMinor: 100n,
  minimumMinor: undefined,
  currency: 'USD',
  reference: undefined,
  metadata: undefined,
  charge: undefined,
  serviceId: undefined,
  mayDrain: true,
  deadlineMs: performance.now() + timeMs,
  heldForMs: 60_000,
  homeNodeId,
});

const capture = (homeNodeId: number, timeMs = 5_000): HoldOperationOrder => ({
  kind: 'capture',
  tenant: 'default',
  clientId: 'shop',
  idempotencyKey: 'k',
  fingerprint: Buffer.from('f'),
  holdId: `00000000-0000-800${homeNodeId}-8000-00000000000a`,
  homeNodeId,
  amountMinor: 100n,
  currency: 'USD',
  deadlineMs: performance.now() + timeMs,
});

describe('holds of other homes', () => {
  let sending: Sending;
  const calls: Promise<unknown>[] = [];

  const hear = (call: Promise<unknown>): Promise<string> => {
    const heard = call.then(
      () => 'answered',
      (error: unknown) => (error instanceof BillingError ? error.code : String(error)),
    );
    calls.push(heard);
    return heard;
  };

  beforeEach(() => {
    sending = new Sending();
  });

  afterEach(async () => {
    await sending.sessions.stop();
    for (const { end } of sending.sent) end();
    await Promise.all(calls.splice(0));
  });

  it('that are drained for keep no capture waiting, nor what home covers', async () => {
    const { handOvers } = sending;
    for (let i = 0; i < 4; i += 1) void hear(handOvers.authorise(order(2)));
    await settled();
    // Told as short, all of them, and handed over once more to be drained for.
    for (let i = 0; i < 4; i += 1) {
      sending.sent.filter(({ call }) => call === 'authorise_holds').forEach(({ end }) => end());
      await settled();
    }
    expect(sending.countOf('execute_hold', 2)).toBe(2);
    void hear(handOvers.operate(capture(2)));
    void hear(handOvers.authorise(order(2)));
    await settled();
    expect(sending.countOf('execute_hold_operation', 2)).toBe(1);
    expect(sending.countOf('authorise_holds', 2)).toBe(5);
  });

  it('of silent homes leave sessions to one that answers', async () => {
    const { handOvers } = sending;
    for (let i = 0; i < 9; i += 1) void hear(handOvers.operate(capture(2)));
    for (let i = 0; i < 9; i += 1) void hear(handOvers.authorise(order(2)));
    void hear(handOvers.operate(capture(3)));
    await settled();
    expect(sending.countOf('execute_hold_operation', 3)).toBe(1);
  });

  it('that have got no session by their deadline were not sent, and hear so', async () => {
    const { handOvers } = sending;
    const kept = Array.from({ length: SESSIONS_MAX }, () =>
      hear(sending.sessions.use(() => new Promise((end) => setTimeout(end, 200)))),
    );
    await expect(hear(handOvers.operate(capture(2, 50)))).resolves.toBe('DEADLINE_EXCEEDED');
    await Promise.all(kept);
    await settled();
    expect(sending.sent).toEqual([]);
  });

  it('leave their home time to say that a node has not answered', async () => {
    void hear(sending.handOvers.operate(capture(2, 600)));
    void hear(sending.handOvers.operate(capture(3, 90)));
    await settled();
    const [long, short] = sending.sent.map(({ request }) => Number(request['ask_timeout_ms']));
    expect(long).toBeGreaterThan(300);
    expect(long).toBeLessThanOrEqual(500);
    expect(short).toBe(0);
  });
});
