import { judgeAccount } from './judge.js';
import { account, attempt, paid } from './planted-records.js';
import type { AccountRecord, HeldPart, OnHoldAnswer, OnHoldRecord } from './record.js';

// The rule of holds lets a right history pass, and catches what was planted.
const hold = attempt('h', 70n, [10, 11], paid('hold', { 1: 50n, 2: 20n }), { heldForMs: 1_000 });
const part = (
  node: number,
  amount: bigint,
  captured: Record<string, bigint>,
  returned: bigint,
): HeldPart => ({
  holdId: 'hold',
  node,
  amount,
  returned,
  captured: new Map(Object.entries(captured)),
});
const done = (
  captureId: string | undefined,
  got: Record<number, bigint>,
  more: { unknown?: bigint; over?: bigint } = {},
): OnHoldAnswer => ({
  kind: 'done',
  captureId,
  got: new Map(Object.entries(got).map(([node, minor]) => [Number(node), minor])),
  unknown: 0n,
  over: 0n,
  ...more,
});
const refused = (reason: string): OnHoldAnswer => ({ kind: 'refused', reason });

function asked(
  does: OnHoldRecord['does'],
  key: string,
  amount: bigint,
  [sentAt, answeredAt]: [number, number],
  answer: OnHoldAnswer,
  sinceHeldMs = 10,
): OnHoldRecord {
  const of = { does, key, holdId: 'hold', home: 1, amount, heldForMs: 0 };
  return { ...of, sentAt, answeredAt, sinceHeldMs, answer };
}

const captured = asked('capture', 'c', 60n, [20, 21], done('C', { 1: 50n, 2: 10n }));
const voided = asked('void', 'v', 0n, [30, 31], done(undefined, { 1: 0n, 2: 10n }));
const rest = [part(1, 50n, { C: 50n }, 0n), part(2, 20n, { C: 10n }, 10n)];
const of = (onHolds: readonly OnHoldRecord[], heldParts: readonly HeldPart[]): AccountRecord =>
  account([hold], { onHolds: [...onHolds], heldParts: [...heldParts] });

test.each<[string, AccountRecord]>([
  ['captured in part, and the rest voided', of([captured, voided], rest)],
  [
    'captured again under the same key, after the void',
    of([captured, voided, { ...captured, sentAt: 40, answeredAt: 41 }], rest),
  ],
  [
    'unknown at first, told later',
    of(
      [
        asked('capture', 'c', 60n, [20, 21], done('C', { 1: 50n }, { unknown: 10n })),
        { ...captured, sentAt: 24, answeredAt: 25 },
        voided,
      ],
      rest,
    ),
  ],
  [
    'over after its time, there and at home',
    of(
      [
        asked('capture', 'c', 60n, [20, 21], done('C', { 1: 50n, 2: 0n }, { over: 10n }), 1_001),
        asked('capture', 'd', 1n, [22, 23], refused('HOLD_OVER'), 1_002),
      ],
      [part(1, 50n, { C: 50n }, 0n), part(2, 20n, {}, 20n)],
    ),
  ],
  [
    'refused: too much beside a capture that may have been first, voided, other content',
    of(
      [
        captured,
        asked('capture', 'd', 11n, [19, 22], refused('HOLD_EXCEEDED')),
        voided,
        asked('capture', 'e', 1n, [29, 32], refused('HOLD_VOIDED')),
        asked('capture', 'c', 61n, [33, 34], refused('IDEMPOTENCY_CONFLICT')),
      ],
      rest,
    ),
  ],
  [
    'money that came back was paid with',
    {
      ...of(
        [voided].map((one) => ({ ...one, answer: done(undefined, { 1: 50n, 2: 20n }) })),
        [part(1, 50n, {}, 50n), part(2, 20n, {}, 20n)],
      ),
      tries: [hold, attempt('k', 80n, [32, 33], paid('p', { 1: 50n, 2: 30n }))],
    },
  ],
])('%s', (_, record) => expect(judgeAccount(record)).toEqual([]));

test.each<[string, AccountRecord]>([
  ['held for ever', of([captured], [part(1, 50n, { C: 50n }, 0n), part(2, 20n, { C: 10n }, 0n)])],
  [
    'captured and given back',
    of([captured, voided], [part(1, 50n, { C: 50n }, 50n), part(2, 20n, { C: 10n }, 10n)]),
  ],
  ['a part that was told is not there', of([captured, voided], [part(1, 50n, { C: 50n }, 0n)])],
  ['a hold of nobody', { ...of([], rest), tries: [] }],
  [
    'a capture of nobody',
    of([voided], [part(1, 50n, { X: 50n }, 0n), part(2, 20n, { X: 10n }, 10n)]),
  ],
  [
    'a capture is not what was told',
    of([captured], [part(1, 50n, { C: 50n }, 0n), part(2, 20n, { C: 9n }, 11n)]),
  ],
  [
    'a capture that is told as less than it was asked for',
    of([asked('capture', 'c', 61n, [20, 21], done('C', { 1: 50n, 2: 10n })), voided], rest),
  ],
  [
    'a void that is not what was told',
    of([captured, asked('void', 'v', 0n, [30, 31], done(undefined, { 1: 0n, 2: 11n }))], rest),
  ],
  [
    'captured after it was voided',
    of([asked('void', 'v', 0n, [12, 13], done(undefined, {}, { unknown: 10n })), captured], rest),
  ],
  [
    'over too early',
    of(
      [asked('capture', 'd', 1n, [22, 23], refused('HOLD_OVER'), 999)],
      [part(1, 50n, {}, 50n), part(2, 20n, {}, 20n)],
    ),
  ],
  [
    'refused as too much while enough was left',
    of([captured, asked('capture', 'd', 10n, [22, 23], refused('HOLD_EXCEEDED')), voided], rest),
  ],
  [
    'refused as voided by nobody',
    of([captured, asked('capture', 'd', 10n, [22, 23], refused('HOLD_VOIDED'))], rest),
  ],
  [
    'a conflict with nothing',
    of(
      [asked('capture', 'd', 10n, [22, 23], refused('IDEMPOTENCY_CONFLICT'))],
      [part(1, 50n, {}, 50n), part(2, 20n, {}, 20n)],
    ),
  ],
])('%s is caught', (_, record) => {
  expect(judgeAccount(record)).toContainEqual(expect.stringContaining('account 65, holdsHold: '));
});
