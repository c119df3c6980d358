import type { Client } from '@billing/auth';
import type { CaptureHoldRequest } from '@billing/contracts';
import type { Database, Session } from '@billing/database';
import { createLog } from '@billing/observability';
import type { DrainRunner } from '../pay-outs/drain-runner.js';
import type { PeerSessions } from '../pay-outs/peer-sessions.js';
import { HoldDesk } from './hold-desk.js';
import type { HoldHandOvers } from './hold-hand-overs.js';

type Use = PeerSessions['use'];

const holdId = '00000000-0000-8001-8000-00000000000a';
const shop = { id: 'shop', tenants: ['default'] } as unknown as Client;

const hold = (currency: string | null) => ({
  hold_id: holdId,
  account_id: '17',
  amount_minor: '500',
  currency,
  state: 'open',
  rejection: null,
  reference: null,
  metadata: null,
  created_at: '2026-01-01T00:00:00Z',
  decided_at: '2026-01-01T00:00:00Z',
  ends_at: '2026-01-08T00:00:00Z',
  ended_at: null,
  parts: [],
});

const begun = (currency: string | null) => ({
  status: 'begun',
  hold: hold(currency),
  left_minor: '0',
  operation: { operation_id: 'o', created_at: '2026-01-01T00:00:00Z' },
  asks: [
    {
      node_id: 2,
      minor: '500',
      is_answered: false,
      got_minor: null,
      is_over: false,
      held_until: null,
    },
  ],
});

/** Node 1, whose PostgreSQL says this to whatever is asked, and whose sessions are used so. */
function deskOf(answer: object, use: Use, askedMs: number[] = []): HoldDesk {
  const database = { query: () => Promise.resolve([{ answer }]) } as unknown as Database;
  const session = {
    query: (calling: string, _: string, parameters: unknown[]) => {
      if (calling === 'ask_hold_parts') askedMs.push(Number(parameters[3]));
      return Promise.resolve([{ answers: [] }]);
    },
  } as unknown as Session;
  return new HoldDesk({
    nodeId: 1,
    database,
    readDatabase: database,
    runner: {} as DrainRunner,
    sessions: { use: (work) => use(() => work(session)) } as PeerSessions,
    handOvers: {} as HoldHandOvers,
    bounds: { deadlineMs: 5_000, deadlineMaxMs: 30_000, heldForMs: 60_000, heldForMaxMs: 60_000 },
    batchSizeMax: 10,
    callsMax: 1,
    openMax: 10,
    askTimeoutMs: 1_000,
    peerTimeoutMs: 1_000,
    log: createLog({ app: 'spec', nodeId: 1, level: 'silent' }),
  });
}

const request: CaptureHoldRequest = {
  holdId,
  amount: '5.00',
  currency: 'USD',
  reference: '',
  metadataJson: '',
  idempotencyKey: 'k',
  homeNodeId: 1,
};
const session = undefined as unknown as Session;

describe('a capture of which a part is elsewhere', () => {
  it('is answered in time, its part unknown, when no session is left to ask over', async () => {
    const desk = deskOf(begun('USD'), () => new Promise(() => undefined));
    const startedMs = performance.now();
    const { unknown } = await desk.capture(shop, request, 200);
    expect(performance.now() - startedMs).toBeLessThan(200);
    expect(unknown).toBe('5.00');
  });

  it('asks no longer than leaves time for its answer', async () => {
    const askedMs: number[] = [];
    const desk = deskOf(begun('USD'), (work) => work(session), askedMs);
    await desk.capture(shop, request, 500);
    await desk.capture(shop, request, 80);
    expect(askedMs).toHaveLength(1);
    expect(askedMs[0]).toBeLessThanOrEqual(400);
  });

  it('is told as to be asked again while the account is copied anew, whatever it has begun', async () => {
    const desk = deskOf(begun(null), (work) => work(session));
    await expect(desk.capture(shop, request, 500)).rejects.toMatchObject({
      code: 'COPY_UNDER_WAY',
      message: expect.stringContaining(`of hold ${holdId}`) as string,
    });
    const copying = { status: 'account_copying', account_id: '17' };
    await expect(
      deskOf(copying, (work) => work(session)).capture(shop, request, 500),
    ).rejects.toMatchObject({ code: 'COPY_UNDER_WAY', retryable: true });
  });
});
