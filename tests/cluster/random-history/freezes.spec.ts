import { judgeAccount } from './judge.js';
import { account, attempt, paid, payIn, refused } from './planted-records.js';
import type { AccountRecord, FreezeAnswer, FreezeRecord, TryRecord } from './record.js';

// The rule of freezes lets a right history pass, and catches what was planted.
const told = (
  debits: boolean,
  credits: boolean,
  confirmed = [1, 2, 3],
  unconfirmed: number[] = [],
): FreezeAnswer => ({ kind: 'done', debits, credits, confirmed, unconfirmed });

const both = { debits: true, credits: true };
const act = (
  does: FreezeRecord['does'],
  key: string,
  [sentAt, answeredAt]: [number, number],
  answer = told(does === 'freeze', does === 'freeze'),
): FreezeRecord => ({ does, key, ...both, sentAt, answeredAt, answer });

const freeze = act('freeze', 'f', [10, 15]);
const thaw = act('thaw', 't', [30, 35]);
const late = payIn({ commandId: 'c', node: 3, amount: 7n, sentAt: 20, knownAt: 32 });

function of(
  tries: readonly TryRecord[],
  freezes: readonly FreezeRecord[] = [freeze, thaw],
  more = late,
): AccountRecord {
  const made = account(tries, { freezes: [...freezes] });
  return { ...made, payIns: [...made.payIns, more] };
}

const pay = (at: [number, number], node = 1, replayed = false): TryRecord =>
  attempt('k', 5n, at, paid('p', { [node]: 5n }, replayed), { node });
const isFrozen = (at: [number, number]): TryRecord =>
  attempt('q', 5n, at, refused('ACCOUNT_FROZEN'));
const unheard = act('freeze', 'f', [10, 15], told(true, true, [1, 2], [3]));

test.each<[string, AccountRecord]>([
  ['refused as frozen, and a pay-in that is credited after the thaw', of([isFrozen([20, 21])])],
  ['paid before the answer of the freeze', of([pay([11, 14])])],
  ['begun before, and told while it was frozen', of([pay([14, 20])])],
  ['begun while it was frozen, and told after the thaw was sent', of([pay([20, 31])])],
  ['paid before, and told again meanwhile', of([pay([5, 6]), pay([20, 21], 1, true)])],
  [
    'frozen to whom the freeze was under way, or the thaw',
    of(
      [
        [11, 12],
        [31, 34],
      ].map((at) => isFrozen(at as [number, number])),
    ),
  ],
  [
    'by a node that has not heard it is paid, and credited',
    of([attempt('k', 7n, [26, 27], paid('p', { 3: 7n }), { node: 3 })], [unheard, thaw], {
      ...late,
      knownAt: 25,
    }),
  ],
  [
    'frozen after a thaw that one has not heard',
    of([isFrozen([40, 41])], [freeze, act('thaw', 't', [30, 35], told(false, false, [1, 3], [2]))]),
  ],
  [
    'the same freeze once more changes nothing',
    of([pay([50, 51])], [freeze, thaw, act('freeze', 'f', [40, 41], told(false, false))]),
  ],
])('%s: all right', (_, record) => {
  expect(judgeAccount(record)).toEqual([]);
});

test.each<[string, AccountRecord]>([
  ['paid while it was frozen', of([pay([20, 21])])],
  [
    'paid while it was frozen, its answer lost, told after the thaw was sent by a repeat',
    of([attempt('k', 5n, [20, 21], refused('OUTCOME_UNKNOWN')), pay([22, 23], 1, true)]),
  ],
  [
    'paid by one that has not heard, out of the part of one that has',
    of([attempt('k', 5n, [20, 21], paid('p', { 2: 5n }), { node: 3 })], [unheard, thaw]),
  ],
  ['credited while it was frozen', of([], [freeze, thaw], { ...late, knownAt: 29 })],
  ['frozen before the freeze', of([isFrozen([5, 6])])],
  ['frozen after all have heard of the thaw', of([isFrozen([36, 37])])],
  [
    'a late repeat that freezes again',
    of([], [freeze, thaw, { ...freeze, sentAt: 40, answeredAt: 41 }]),
  ],
  ['a thaw that leaves a side frozen', of([], [freeze, { ...thaw, answer: told(false, true) }])],
  [
    'a freeze that is refused',
    of([], [{ ...freeze, answer: { kind: 'refused', reason: 'ACCOUNT_DELETED' } }, thaw]),
  ],
])('%s is caught', (_, record) => {
  expect(judgeAccount(record)).toContainEqual(expect.stringContaining('account 65, freezesHold: '));
});
