import type { Database } from '@billing/database';
import { DatabaseError } from '@billing/database';
import { BillingError } from '../grpc/billing.errors.js';
import { HandOvers } from './hand-overs.js';
import { readPayOut, type PayOutOrder } from './pay-out.request.js';
import type { PeerSessions } from './peer-sessions.js';

/** What `billing.hand_over_pay_outs` says to each call, in turn, the last for ever. */
type Said = Record<string, unknown> | Error | 'nothing';

class FakeSessions {
  readonly asked: { drains: boolean; timeoutMs: number; keys: string[] }[] = [];
  /** Ends what waits for ever. */
  readonly waiting: (() => void)[] = [];

  constructor(private readonly script: Said[]) {}

  async use<T>(work: (session: unknown) => Promise<T>): Promise<T> {
    return work({
      query: async (_name: string, _text: string, parameters: unknown[]) => {
        const [, requests, drains, timeoutMs] = parameters as [number, string, boolean, number];
        const given = JSON.parse(requests) as { key: string }[];
        const said = this.script[Math.min(this.asked.length, this.script.length - 1)]!;
        this.asked.push({ drains, timeoutMs, keys: given.map(({ key }) => key) });
        if (said === 'nothing') {
          await new Promise<void>((resolve) => this.waiting.push(resolve));
          return [{ status: 'unknown' }];
        }
        if (said instanceof Error) throw said;
        const answers = said['answer'] && given.map(() => said['answer']);
        return [
          { answers: null, code: null, message: null, ...said, ...(answers ? { answers } : {}) },
        ];
      },
    });
  }
}

const order = (deadlineMs = 1_000, key = 'k'): PayOutOrder =>
  readPayOut(
    { id: 'shop', tenant: 'default' },
    {
      accountId: '17',
      amount: '1.00',
      currency: 'USD',
      reference: '',
      metadataJson: '',
      idempotencyKey: key,
      drain: 'DRAIN_UNSPECIFIED',
      deadlineMs,
      homeNodeId: 1,
      charge: null,
      upTo: null,
    },
    { deadlineMs, deadlineMaxMs: 30_000 },
    Infinity,
  );

function handOvers(sessions: FakeSessions, openPerHomeMax = 10): HandOvers {
  return new HandOvers({
    sessions: sessions as unknown as PeerSessions,
    readDatabase: {} as Database,
    openPerHomeMax,
    batchSizeMax: 10,
    callsPerHomeMax: 2,
    answerTimeoutMs: 5_000,
  });
}

async function heard(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'paid';
  } catch (error) {
    if (error instanceof BillingError) return error.code;
    return error instanceof DatabaseError ? `${error.kind}, ${error.effect}` : String(error);
  }
}

const committed = {
  status: 'answered',
  answer: {
    status: 'committed',
    pay_out_id: 'p',
    created_at: '2026-01-01T00:00:00Z',
    local_minor: null,
  },
};
const short = {
  status: 'answered',
  answer: { status: 'short', local_minor: '5', created_at: null },
};
const raised = (code: string): Said => ({ status: 'failed', code, message: 'no' });
const here = (code: string): Error => new DatabaseError(code, 'x', new Error('here'));

describe('what a client hears of a home', () => {
  test.each<[string, Said[], string]>([
    ['that paid', [committed], 'paid'],
    ['that was not asked', [{ status: 'unreachable' }], 'HOME_UNREACHABLE'],
    ['that was asked and is silent', [{ status: 'unknown' }], 'OUTCOME_UNKNOWN'],
    ['that there is not', [{ status: 'no_such_node' }], 'INVALID_REQUEST'],
    ['whose version knows no hand-over', [raised('42883')], 'HOME_UNREACHABLE'],
    ['where others were in the way at first', [raised('40P01'), committed], 'paid'],
    ['that takes no writes', [raised('25006')], 'away, none'],
    // After the home was asked as well as before: the same keys again, and what that tells.
    ['while this node cancels the call', [here('57014'), committed], 'paid'],
    [
      'while this node takes no writes any more',
      [here('25006'), { status: 'unreachable' }],
      'OUTCOME_UNKNOWN',
    ],
    ['that refuses the drain as unknown', [short, { status: 'unknown' }], 'OUTCOME_UNKNOWN'],
    ['whose drain raises', [short, raised('57014')], 'OUTCOME_UNKNOWN'],
    ['whose drain raises what an older version would', [short, raised('42883')], 'OUTCOME_UNKNOWN'],
    ['that was not asked for the drain', [short, { status: 'unreachable' }], 'HOME_UNREACHABLE'],
  ])('%s', async (_, script, word) => {
    expect(await heard(handOvers(new FakeSessions(script)).payOut(order(), 1))).toBe(word);
  });

  test('a short deadline is the caller\u2019s, not the time a home has', async () => {
    const sessions = new FakeSessions(['nothing']);
    expect(await heard(handOvers(sessions).payOut(order(50), 1))).toBe('OUTCOME_UNKNOWN');
    expect(sessions.asked).toMatchObject([{ timeoutMs: 5_000 }]);
    sessions.waiting[0]!();

    const drained = new FakeSessions([short, 'nothing']);
    expect(await heard(handOvers(drained).payOut(order(150), 1))).toBe('OUTCOME_UNKNOWN');
    expect(drained.asked).toMatchObject([{ drains: false }, { drains: true, timeoutMs: 11_000 }]);
    drained.waiting[0]!();
  });

  test('a drain whose turn did not come was not begun', async () => {
    const sessions = new FakeSessions([short, 'nothing']);
    const all = handOvers(sessions);
    const accounts = ['1', '2', '3'].map((accountId, i) => ({
      ...order(i < 2 ? 5_000 : 200, accountId),
      accountId,
    }));
    const calls = accounts.map((one) => heard(all.payOut(one, 1)));
    expect(await calls[2]).toBe('DEADLINE_EXCEEDED');
    for (const end of sessions.waiting) end();
    expect(await Promise.all(calls.slice(0, 2))).toEqual(['OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN']);
  });
});

test('a home that is silent refuses what waits for it beyond its room, and none of another home', async () => {
  const sessions = new FakeSessions(['nothing']);
  const all = handOvers(sessions, 2);
  const silent = [1, 2].map((i) => heard(all.payOut(order(5_000, `${i}`), 1)));
  expect(await heard(all.payOut(order(), 1))).toBe('OVERLOADED');
  const other = heard(all.payOut(order(5_000), 3));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sessions.asked.length).toBeGreaterThan(1);
  for (const end of sessions.waiting.splice(0)) end();
  expect(await other).toBe('OUTCOME_UNKNOWN');
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (const end of sessions.waiting) end();
  await Promise.all(silent);
});
