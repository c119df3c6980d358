import { judgeAccount } from './judge.js';
import {
  account,
  attempt,
  paid,
  pay80,
  pendingPayIn,
  refund,
  refused,
  made,
  twice,
  undone,
  wanderer,
} from './planted-records.js';
import type { AccountRecord } from './record.js';

// Each rule is shown to let a right history pass and to catch a planted violation.
test.each<[string, AccountRecord]>([
  [
    'paid here, drained, refused',
    account([
      attempt('k1', 40n, [10, 11], paid('p1', { 1: 40n })),
      attempt('k2', 35n, [12, 13], paid('p2', { 1: 10n, 2: 25n })),
      attempt('k3', 6n, [14, 15], refused('INSUFFICIENT_FUNDS')),
    ]),
  ],
  [
    'refused while another payment may have been first',
    account([
      attempt('k1', 80n, [10, 20], paid('p1', { 1: 50n, 2: 30n })),
      attempt('k2', 1n, [11, 12], refused('INSUFFICIENT_FUNDS')),
    ]),
  ],
  [
    'a pay-in that was sent and not seen yet may be spent, and may be missed',
    {
      ...account([attempt('k1', 87n, [10, 11], paid('p1', { 1: 50n, 2: 30n, 3: 7n }))]),
      payIns: [...account([]).payIns, pendingPayIn],
    },
  ],
  [
    'what two nodes were sent may be spent twice, at either, and be missed at each',
    {
      ...account([
        attempt('k1', 94n, [10, 11], paid('p1', { 1: 57n, 2: 30n, 3: 7n })),
        attempt('k2', 1n, [12, 13], refused('INSUFFICIENT_LOCAL_FUNDS'), {
          node: 3,
          localOnly: true,
        }),
      ]),
      payIns: [...account([]).payIns, wanderer],
    },
  ],
  [
    'the same key: refused, other content paid and repeated, the first content refused',
    account([
      attempt('k', 81n, [10, 11], refused('INSUFFICIENT_FUNDS')),
      attempt('k', 80n, [12, 14], paid('p', { 1: 50n, 2: 30n })),
      attempt('k', 81n, [13, 15], refused('IDEMPOTENCY_CONFLICT')),
      attempt('k', 80n, [16, 17], paid('p', { 1: 50n, 2: 30n }, true)),
      attempt('k', 80n, [16, 17], refused('IN_PROGRESS')),
      attempt('k', 81n, [18, 19], refused('IDEMPOTENCY_CONFLICT')),
    ]),
  ],
  [
    'an outcome that was not known turns out to be a payment, before others were refused',
    account([
      attempt('k', 80n, [10, 20], refused('OUTCOME_UNKNOWN')),
      attempt('q', 1n, [12, 13], refused('INSUFFICIENT_FUNDS')),
      attempt('k', 80n, [21, 22], paid('p', { 1: 50n, 2: 30n }, true)),
    ]),
  ],
  [
    'a try without an answer was carried out after a later one had been refused, and told to nobody',
    account(
      [
        attempt('k1', 40n, [8, 9], paid('p1', { 1: 40n })),
        attempt('k', 40n, [10, 12], refused('OUTCOME_UNKNOWN')),
        attempt('k', 40n, [13, 14], refused('INSUFFICIENT_FUNDS')),
        attempt('q', 1n, [15, 16], refused('INSUFFICIENT_FUNDS')),
      ],
      { unheard: [undone('p', { 1: 10n, 2: 30n })] },
    ),
  ],
  [
    'a deletion that was asked for again, as its answer was lost, was done by then',
    account([], {
      deletions: [{ sentAt: 10, answeredAt: 20, alreadyDeleted: true, isRepeated: true }],
    }),
  ],
  [
    'a local refusal leaves its key free',
    account([
      attempt('k', 51n, [10, 11], refused('INSUFFICIENT_LOCAL_FUNDS'), { localOnly: true }),
      attempt('k', 50n, [12, 13], paid('p', { 1: 50n }), { localOnly: true }),
    ]),
  ],
  [
    'a key that wandered was paid twice, and once given back',
    account(
      [
        attempt('k', 40n, [10, 12], paid('p', { 1: 40n }), { wanders: true }),
        attempt('k', 40n, [11, 13], paid('q', { 1: 10n, 2: 30n }), { node: 2, wanders: true }),
        attempt('k', 40n, [14, 15], paid('p', { 1: 40n }, true), { node: 2, wanders: true }),
        attempt('n', 40n, [16, 17], paid('r', { 2: 40n }), { node: 2 }),
      ],
      { undone: [undone('q', { 1: 10n, 2: 30n })] },
    ),
  ],
  [
    'a key that wandered is refused where its payment has not arrived',
    account([
      attempt('k', 80n, [10, 12], paid('p', { 1: 50n, 2: 30n }), { wanders: true }),
      attempt('k', 80n, [13, 14], refused('INSUFFICIENT_FUNDS'), { node: 2, wanders: true }),
    ]),
  ],
  [
    'refunds make a payment possible, and are refused beyond what was paid',
    account(
      [
        pay80,
        attempt('k2', 30n, [14, 15], paid('p2', { 1: 30n })),
        attempt('k3', 1n, [16, 17], refused('INSUFFICIENT_FUNDS')),
      ],
      {
        refunds: [refund('r', 30n, [12, 13]), refund('s', 51n, [18, 19], 'REFUND_EXCEEDED')],
        made: [made('r', 30n)],
      },
    ),
  ],
  [
    'what was refunded of one that was given back is refunded of the one that stands',
    {
      ...twice,
      refunds: [
        {
          ...twice.refunds[0]!,
          answer: { kind: 'refunded', refundId: 'r2', payOutId: 'q', replayed: false },
        },
      ],
      made: [made('r', 15n, 'q', 2), made(undefined, 15n)],
    },
  ],
  [
    'elsewhere a deletion is seen when it is there',
    account(
      [
        attempt('k1', 1n, [32, 33], refused('ACCOUNT_DELETED')),
        attempt('k2', 1n, [34, 35], paid('p2', { 2: 1n }), { node: 2 }),
        attempt('k3', 1n, [36, 37], refused('ACCOUNT_DELETED'), { node: 2 }),
      ],
      {
        deletions: [
          { sentAt: 30, answeredAt: 31, alreadyDeleted: false },
          { sentAt: 50, answeredAt: 51, alreadyDeleted: true },
        ],
        deletionSeenAt: new Map([[2, 40]]),
      },
    ),
  ],
])('%s: all right', (_, record) => {
  expect(judgeAccount(record)).toEqual([]);
});

const full = paid('p', { 1: 50n, 2: 30n });
const deleted = { deletions: [{ sentAt: 30, answeredAt: 31, alreadyDeleted: false }] };
test.each<[string, string, AccountRecord]>([
  [
    'paid after it was refused, with no answer lost',
    'unheardWereInDoubt',
    account([attempt('k', 40n, [1, 2], refused('INSUFFICIENT_FUNDS'))], {
      unheard: [undone('p', { 1: 40n })],
    }),
  ],
  [
    'paid what nobody asked for',
    'unheardWereInDoubt',
    account([attempt('k', 41n, [1, 2], refused('OUTCOME_UNKNOWN'))], {
      unheard: [undone('p', { 1: 40n })],
    }),
  ],
  [
    'refused with the money there',
    'refusalsWereTrue',
    account([
      attempt('k1', 20n, [10, 11], paid('p1', { 1: 20n })),
      attempt('k2', 60n, [12, 13], refused('INSUFFICIENT_FUNDS')),
      attempt('k3', 60n, [14, 15], paid('p3', { 1: 30n, 2: 30n })),
    ]),
  ],
  [
    'paid out of nothing',
    'paymentsWerePossible',
    account([
      attempt('k1', 80n, [10, 11], full),
      attempt('k2', 1n, [12, 13], paid('p2', { 3: 1n })),
    ]),
  ],
  [
    'refused with the money back',
    'refusalsWereTrue',
    account([pay80, attempt('k2', 30n, [14, 15], refused('INSUFFICIENT_FUNDS'))], {
      refunds: [refund('r', 30n, [12, 13])],
      made: [made('r', 30n)],
    }),
  ],
  [
    'a key that refunded twice',
    'refundsHold',
    account([pay80], {
      refunds: [refund('r', 30n, [12, 13])],
      made: [made('r', 30n), made('r', 30n, 'p', 2)],
    }),
  ],
  [
    'a refund that was told and never made',
    'refundsHold',
    account([pay80], { refunds: [refund('r', 30n, [12, 13])] }),
  ],
  [
    'more refunded than paid',
    'refundsHold',
    account([pay80], {
      refunds: [refund('r', 50n, [12, 13]), refund('s', 31n, [14, 15])],
      made: [made('r', 50n), made('s', 31n)],
    }),
  ],
  [
    'a refund refused with enough left',
    'refundsHold',
    account([pay80], { refunds: [refund('r', 80n, [12, 13], 'REFUND_EXCEEDED')] }),
  ],
  [
    'a refund of what was given back that did not move',
    'refundsHold',
    { ...twice, made: [made('r', 15n, 'q', 1)] },
  ],
  [
    'a local refusal with the money there',
    'localRefusalsWereTrue',
    account([
      attempt('k', 50n, [10, 11], refused('INSUFFICIENT_LOCAL_FUNDS'), { localOnly: true }),
    ]),
  ],
  [
    'a local refusal of one that may drain',
    'localRefusalsWereTrue',
    account([attempt('k', 51n, [10, 11], refused('INSUFFICIENT_LOCAL_FUNDS'))]),
  ],
  [
    'parts that do not add up',
    'partsAreRight',
    account([attempt('k', 80n, [10, 11], paid('p', { 1: 50n, 2: 29n }))]),
  ],
  [
    'local only, from elsewhere',
    'partsAreRight',
    account([attempt('k', 30n, [10, 11], paid('p', { 2: 30n }), { localOnly: true })]),
  ],
  [
    'a node that gave more than it had',
    'nodesGaveWhatTheyHad',
    account([attempt('k', 40n, [10, 11], paid('p', { 2: 40n }))]),
  ],
  [
    'a key paid twice',
    'keysHold',
    account([
      attempt('k', 10n, [10, 11], paid('p', { 1: 10n })),
      attempt('k', 10n, [12, 13], paid('p', { 1: 10n })),
    ]),
  ],
  [
    'a repeated key that hears something else',
    'keysHold',
    account([
      attempt('k', 10n, [10, 11], paid('p', { 1: 10n })),
      attempt('k', 10n, [12, 13], paid('p', { 2: 10n }, true)),
    ]),
  ],
  [
    'other content under a key that was paid',
    'keysHold',
    account([
      attempt('k', 10n, [10, 11], paid('p', { 1: 10n })),
      attempt('k', 11n, [12, 13], paid('q', { 1: 11n })),
    ]),
  ],
  [
    'a key that wandered was paid twice',
    'keysHold',
    account([
      attempt('k', 40n, [10, 12], paid('p', { 1: 40n }), { wanders: true }),
      attempt('k', 40n, [11, 13], paid('q', { 1: 10n, 2: 30n }), { node: 2, wanders: true }),
    ]),
  ],
  [
    'a key that wandered was given back wholly',
    'keysHold',
    account(
      [attempt('k', 40n, [11, 13], paid('q', { 1: 10n, 2: 30n }), { node: 2, wanders: true })],
      { undone: [undone('q', { 1: 10n, 2: 30n })] },
    ),
  ],
  [
    'a conflict with nothing',
    'keysHold',
    account([attempt('k', 10n, [10, 11], refused('IDEMPOTENCY_CONFLICT'))]),
  ],
  [
    'a conflict with what was refused',
    'keysHold',
    account([
      attempt('k', 81n, [10, 11], refused('INSUFFICIENT_FUNDS')),
      attempt('k', 10n, [12, 13], refused('IDEMPOTENCY_CONFLICT')),
    ]),
  ],
  [
    'a conflict with itself',
    'keysHold',
    account([
      attempt('k', 10n, [10, 11], paid('p', { 1: 10n })),
      attempt('k', 10n, [12, 13], refused('IDEMPOTENCY_CONFLICT')),
      attempt('k', 11n, [12, 14], refused('IDEMPOTENCY_CONFLICT')),
    ]),
  ],
  [
    'refused after it was paid',
    'keysHold',
    account([
      attempt('k', 80n, [10, 11], full),
      attempt('k', 80n, [12, 13], refused('INSUFFICIENT_FUNDS')),
    ]),
  ],
  [
    'a deletion not seen at home',
    'deletionsHold',
    account([attempt('k', 1n, [32, 33], paid('p', { 1: 1n }))], deleted),
  ],
  [
    'a deletion not seen where it had arrived',
    'deletionsHold',
    account([attempt('k', 81n, [42, 43], refused('INSUFFICIENT_FUNDS'), { node: 2 })], {
      ...deleted,
      deletionSeenAt: new Map([[2, 40]]),
    }),
  ],
  [
    'a deletion seen before it was',
    'deletionsHold',
    account([attempt('k', 1n, [10, 11], refused('ACCOUNT_DELETED'))], deleted),
  ],
  [
    'deleted twice',
    'deletionsHold',
    account([], {
      deletions: [...deleted.deletions, { sentAt: 40, answeredAt: 41, alreadyDeleted: false }],
    }),
  ],
  [
    'a reason out of place',
    'reasonsAreKnown',
    account([attempt('k', 1n, [10, 11], refused('INTERNAL'))]),
  ],
])('%s is caught by %s', (_, rule, record) => {
  const violations = judgeAccount(record);
  expect(violations).toContainEqual(expect.stringContaining(`account 65, ${rule}: `));
});
