import { Type, type TProperties } from 'typebox';
import { letterReasons } from '../letters/letter.query.js';
import {
  accountIdSchema,
  nodeSchema,
  orNull,
  shownCurrencySchema,
  sumSchema,
  timeSchema,
} from '../http/field-schemas.js';
import { historyMetrics } from './history-ring.js';

const count = Type.Integer({ minimum: 0 });
const seconds = Type.Number({ minimum: 0 });
const text = Type.String();

/** What could not be read says why, and has no figures. */
const shown = <Figures extends TProperties>(figures: Figures) =>
  Type.Union([
    Type.Object({ ...figures, fault: Type.Null() }),
    Type.Object({ fault: Type.String() }),
  ]);

const partitionView = Type.Object(
  {
    topic: text,
    partition: count,
    messages: count,
    oldestSeconds: seconds,
    nextOffset: text,
    endOffset: text,
    uncommitted: count,
    openTransactionSeconds: seconds,
    halted: Type.Boolean(),
    haltReason: orNull(text),
    haltDetail: orNull(text),
    worker: orNull(text),
  },
  { title: 'PartitionLag' },
);

export const lagView = Type.Object({
  messages: count,
  oldestSeconds: seconds,
  openTransactionSeconds: seconds,
  halted: count,
  awayTopics: Type.Record(Type.String(), Type.String()),
  partitions: Type.Array(partitionView),
});

export const linkView = Type.Object(
  {
    node: nodeSchema,
    breaker: Type.Enum(['open', 'half-open', 'closed']),
    failures: count,
    clock: orNull(Type.Object({ aheadSeconds: Type.Number(), errorSeconds: seconds })),
    arriving: Type.Object({
      subscription: text,
      heartbeatAt: orNull(timeSchema),
      delaySeconds: orNull(seconds),
    }),
    sending: Type.Object({
      active: Type.Boolean(),
      lost: Type.Boolean(),
      unconfirmedBytes: orNull(Type.Number()),
      walBytes: orNull(Type.Number()),
      walBytesMax: orNull(Type.Number()),
    }),
  },
  { title: 'Link' },
);

export const auditStateView = Type.Object({
  open: count,
  first: orNull(
    Type.Object({
      check: text,
      node: nodeSchema,
      accountId: orNull(accountIdSchema),
      subject: text,
      differenceMinor: text,
      difference: orNull(sumSchema),
      currency: orNull(shownCurrencySchema),
    }),
  ),
  walkedSeconds: orNull(count),
});

const rate = orNull(Type.Number());

export const nodeSnapshotView = Type.Object(
  {
    node: nodeSchema,
    at: timeSchema,
    startedAt: timeSchema,
    faults: Type.Record(Type.String(), Type.String(), {
      description: 'What the gateway leans on and cannot use now.',
    }),
    lag: shown(lagView.properties),
    rates: Type.Object({ arriving: rate, applied: rate, payOuts: rate }),
    deadLetters: shown({
      open: count,
      byReason: Type.Record(Type.String(), count, {
        description: `${letterReasons.join(', ')}; there may be more.`,
      }),
    }),
    parked: shown({ count, oldestSeconds: seconds }),
    drains: shown({
      stages: Type.Array(Type.Object({ stage: text, drains: count, oldestSeconds: seconds })),
    }),
    audit: shown(auditStateView.properties),
    links: shown({ peers: Type.Array(linkView) }),
  },
  { title: 'NodeSnapshot' },
);

export const overviewView = Type.Object(
  {
    node: nodeSchema,
    at: timeSchema,
    nodes: Type.Array(
      Type.Object({
        node: nodeSchema,
        snapshot: orNull(nodeSnapshotView),
        fault: orNull(Type.String()),
      }),
    ),
  },
  { title: 'Overview' },
);

const points = Type.Array(
  Type.Unsafe<readonly [number, number | null]>({
    type: 'array',
    items: { type: ['number', 'null'] },
    minItems: 2,
    maxItems: 2,
  }),
  { description: 'Milliseconds since 1970, and the highest value of the step; null: not known.' },
);
const metric = Type.Enum([...historyMetrics]);

export const nodeHistoryView = Type.Object(
  { node: nodeSchema, metric, since: timeSchema, stepSeconds: count, points },
  { title: 'NodeHistory' },
);

export const historyView = Type.Object(
  {
    metric,
    stepSeconds: count,
    series: Type.Array(
      Type.Object({
        node: nodeSchema,
        fault: orNull(Type.String()),
        metric: Type.Optional(metric),
        since: Type.Optional(timeSchema),
        stepSeconds: Type.Optional(count),
        points: Type.Optional(points),
      }),
    ),
  },
  { title: 'History' },
);
