import type { Client } from '@billing/auth';
import { DatabaseError, type Database } from '@billing/database';
import { BillingError } from '../grpc/billing.errors.js';
import type { PeerSessions } from './peer-sessions.js';
import { RefundDesk } from './refund-desk.js';

/** What `billing.hand_over_refund` says to each call, in turn, the last for ever. */
type Said = Record<string, unknown> | Error | 'nothing';

const idOf = (nodeId: number): string => `6abe1f3c-92d1-800${nodeId}-9a3b-5f0c2e1d7b64`;
const client = { id: 'shop', tenants: ['default'] } as unknown as Client;

class Asking {
  readonly asked: { isOwn: boolean; payOutId: string; key: string; fingerprint: string }[] = [];
  readonly desk: RefundDesk;

  constructor(...script: Said[]) {
    const session = (isOwn: boolean) => ({
      query: async (_name: string, _text: string, [request]: [string]) => {
        const given = JSON.parse(request) as Record<string, string>;
        const said = script[Math.min(this.asked.length, script.length - 1)]!;
        const { pay_out_id: payOutId, key, fingerprint } = given;
        this.asked.push({ isOwn, payOutId: payOutId!, key: key!, fingerprint: fingerprint! });
        if (said === 'nothing') await new Promise(() => undefined);
        if (said instanceof Error) throw said;
        return [{ node_id: 2, answer: null, code: null, message: null, ...(said as object) }];
      },
    });
    this.desk = new RefundDesk({
      nodeId: 1,
      database: session(true) as unknown as Database,
      sessions: {
        use: (work: (one: unknown) => unknown) => work(session(false)),
      } as unknown as PeerSessions,
      peerTimeoutMs: 1_000,
      callsPerNodeMax: 1,
      openPerNodeMax: 2,
    });
  }

  /** What a client hears, in a word. */
  async hear(nodeId: number): Promise<string> {
    try {
      const { refund, replayed } = await this.desk.refund(client, {
        payOutId: idOf(nodeId),
        amount: '2.00',
        currency: 'USD',
        reference: '',
        metadataJson: '',
        idempotencyKey: 'k',
        homeNodeId: 0,
      });
      return `${replayed ? 'replayed' : 'refunded'} of ${refund.payOutId}`;
    } catch (error) {
      if (error instanceof BillingError) return error.code;
      return error instanceof DatabaseError ? `${error.kind}, ${error.effect}` : String(error);
    }
  }
}

const answered = (answer: object): Said => ({ status: 'answered', answer });
const made = (nodeId: number, status = 'refunded'): Said =>
  answered({
    status,
    position: '1.1:5',
    refund: {
      refund_id: idOf(nodeId),
      pay_out_id: idOf(nodeId),
      account_id: '17',
      amount_minor: '200',
      refunded_minor: '200',
      remaining_minor: '0',
      reference: null,
      metadata: null,
      created_at: '2026-01-01T00:00:00Z',
    },
  });
const duplicateOf = (nodeId: number): Said =>
  answered({ status: 'duplicate', duplicate_of: idOf(nodeId) });

test('a refund is asked of the node that keeps the pay-out, in a session of its own kind', async () => {
  const own = new Asking(made(1));
  expect(await own.hear(1)).toBe(`refunded of ${idOf(1)}`);
  const other = new Asking(made(2, 'replayed'));
  expect(await other.hear(2)).toBe(`replayed of ${idOf(2)}`);
  expect([own, other].map(({ asked }) => asked.map(({ isOwn }) => isOwn))).toEqual([
    [true],
    [false],
  ]);
});

test('of a duplicate the ones that stand are asked in turn, under the same key and as the same request', async () => {
  const asking = new Asking(duplicateOf(3), duplicateOf(1), made(1));
  expect(await asking.hear(2)).toBe(`refunded of ${idOf(1)}`);
  expect(asking.asked.map(({ payOutId }) => payOutId)).toEqual([2, 3, 1].map(idOf));
  expect(new Set(asking.asked.map(({ key, fingerprint }) => `${key} ${fingerprint}`)).size).toBe(1);
});

const failed = (code: string): Said => ({ status: 'failed', code, message: 'raised' });

test.each<[string, Said, string]>([
  ['nothing was sent', { status: 'unreachable' }, 'HOME_UNREACHABLE'],
  ['nobody answered', { status: 'unknown' }, 'OUTCOME_UNKNOWN'],
  ['its id names no node', { status: 'no_such_node', node_id: null }, 'PAY_OUT_NOT_FOUND'],
  ['its node is of another version', failed('42883'), 'HOME_UNREACHABLE'],
  ['its node raised', failed('40P01'), 'conflict, none'],
  [
    'PostgreSQL here is lost meanwhile',
    new DatabaseError('57014', 'spec', new Error()),
    'timeout, unknown',
  ],
  ['nodes are of two versions', answered({ status: 'upgrading' }), 'NODE_UNREACHABLE'],
  ['it is being decided', answered({ status: 'in_progress' }), 'IN_PROGRESS'],
  ['less is left', answered({ status: 'exceeded', remaining_minor: '5' }), 'REFUND_EXCEEDED'],
  ['the part is full', answered({ status: 'balance_limit', account_id: '17' }), 'BALANCE_LIMIT'],
  [
    'its account is copied anew',
    answered({ status: 'account_copying', account_id: '17' }),
    'COPY_UNDER_WAY',
  ],
])('a refund elsewhere is told by what is known: %s', async (_, said, word) => {
  expect(await new Asking(said).hear(2)).toBe(word);
});

test('of a capture is asked of the node that keeps its hold, and told by its names', async () => {
  const captureId = idOf(7);
  const asking = new Asking(answered({ status: 'exceeded', remaining_minor: '5' }));
  const order = {
    ...{ holdId: idOf(2), captureId, amount: '2.00', currency: 'USD', reference: '' },
    ...{ metadataJson: '', idempotencyKey: 'k', homeNodeId: 0 },
  };
  await expect(asking.desk.refundCapture(client, order)).rejects.toMatchObject({
    code: 'REFUND_EXCEEDED',
    facts: { hold_id: idOf(2), capture_id: captureId, remaining: '0.05' },
  });
  expect(asking.asked.map(({ payOutId }) => payOutId)).toEqual([idOf(2)]);
  const silent = new Asking({ status: 'unreachable' });
  await expect(silent.desk.refundCapture(client, order)).rejects.toThrow('which keeps the hold');
});

test('what fails at this node is told as it is', async () => {
  const conflict = new DatabaseError('40P01', 'spec', new Error());
  expect(await new Asking(conflict).hear(1)).toBe('conflict, none');
});

test('those that wait for a silent node are bounded, and keep no other node waiting', async () => {
  const asking = new Asking('nothing', made(3));
  void asking.hear(2);
  void asking.hear(2);
  expect(await asking.hear(2)).toBe('OVERLOADED');
  expect(await asking.hear(3)).toBe(`refunded of ${idOf(3)}`);
  expect(asking.asked.map(({ payOutId }) => payOutId)).toEqual([2, 3].map(idOf));
});
