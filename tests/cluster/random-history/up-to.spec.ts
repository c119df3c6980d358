import { judgeAccount } from './judge.js';
import { account, attempt, paid, refund, refused, made } from './planted-records.js';
import type { AccountRecord, PayOutAnswer, TryRecord } from './record.js';

// The rule of pay-outs up to an amount lets a right history pass, and catches what was planted. There are 50 and 30.
const got = (
  parts: Record<number, bigint>,
  { exhausted = false, unreachable = 0, replayed = false } = {},
): PayOutAnswer => {
  const answer = paid('p', parts, replayed);
  const sum = Object.values(parts).reduce((total, part) => total + part, 0n);
  return { ...answer, upTo: { paid: sum, exhausted, unreachable } } as PayOutAnswer;
};
const upTo = (
  amount: bigint,
  minimum: bigint,
  answer: PayOutAnswer,
  more: Partial<TryRecord> = {},
): TryRecord => attempt('k', amount, [20, 21], answer, { minimum, ...more });

const all = { 1: 50n, 2: 30n };
const here = { 1: 50n };
const emptied = attempt('e', 80n, [10, 11], paid('e', all));
const exhausted = { exhausted: true };

test.each<[string, AccountRecord]>([
  ['all of it', account([upTo(60n, 10n, got({ 1: 50n, 2: 10n }))])],
  ['what there is', account([upTo(90n, 10n, got(all, exhausted))])],
  ['nothing of nothing', account([emptied, upTo(90n, 0n, got({}, exhausted))])],
  ['what could be had while others held the rest', account([upTo(90n, 10n, got(here))])],
  [
    'what could be had of those that answered',
    account([upTo(90n, 10n, got(here, { ...exhausted, unreachable: 1 }))]),
  ],
  ['what is here', account([upTo(90n, 10n, got(here, exhausted), { localOnly: true })])],
  ['refused below its minimum', account([emptied, upTo(90n, 10n, refused('INSUFFICIENT_FUNDS'))])],
  [
    'what another left, which may have been first',
    account([
      attempt('o', 30n, [19, 30], paid('o', { 2: 30n })),
      upTo(90n, 10n, got(here, exhausted)),
    ]),
  ],
  [
    'told again, after more came',
    account(
      [
        emptied,
        upTo(90n, 0n, got({}, exhausted)),
        upTo(90n, 0n, got({}, { ...exhausted, replayed: true }), { sentAt: 40, answeredAt: 41 }),
      ],
      { refunds: [refund('r', 80n, [30, 31], undefined, 'e')], made: [made('r', 80n, 'e')] },
    ),
  ],
])('%s: all right', (_, record) => {
  expect(judgeAccount(record)).toEqual([]);
});

test.each<[string, string, AccountRecord]>([
  ['more than was asked for', 'upToHolds', account([upTo(79n, 10n, got(all))])],
  ['less than its minimum', 'upToHolds', account([upTo(90n, 51n, got(here))])],
  [
    'told as all there is, with more there',
    'upToHolds',
    account([upTo(90n, 10n, got(here, exhausted))]),
  ],
  ['nothing, with something there', 'upToHolds', account([upTo(90n, 0n, got({}, exhausted))])],
  ['all of it, told as exhausted', 'upToHolds', account([upTo(80n, 0n, got(all, exhausted))])],
  [
    'a part of what is here',
    'upToHolds',
    account([upTo(90n, 0n, got({ 1: 49n }), { localOnly: true })]),
  ],
  [
    'refused without a minimum',
    'upToHolds',
    account([emptied, upTo(90n, 0n, refused('INSUFFICIENT_FUNDS'))]),
  ],
  ['answered as a plain one', 'upToHolds', account([upTo(80n, 0n, paid('p', all))])],
  [
    'refused with its minimum there',
    'refusalsWereTrue',
    account([upTo(90n, 80n, refused('INSUFFICIENT_FUNDS'))]),
  ],
  [
    'told again as something else',
    'keysHold',
    account([
      upTo(60n, 10n, got({ 1: 50n, 2: 10n })),
      upTo(60n, 10n, got({ 1: 50n, 2: 9n }, { replayed: true }), { sentAt: 40, answeredAt: 41 }),
    ]),
  ],
  [
    'told again, as exhausted now',
    'keysHold',
    account([
      upTo(90n, 10n, got(here)),
      upTo(90n, 10n, got(here, { ...exhausted, replayed: true }), { sentAt: 40, answeredAt: 41 }),
    ]),
  ],
])('%s is caught by %s', (_, rule, record) => {
  expect(judgeAccount(record)).toContainEqual(expect.stringContaining(`account 65, ${rule}: `));
});
