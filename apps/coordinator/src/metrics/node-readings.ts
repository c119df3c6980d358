import {
  countClawbacks,
  countDuplicates,
  countHolds,
  countMovedRefunds,
  countOpenTransfers,
  listBreakers,
  listDrainsInDoubt,
  listNodeClocks,
  listLockHolders,
  listMoneyOfDeleted,
  listReplicationSlots,
  replicationStatus,
  type ClawbackCount,
  type Database,
  type DuplicateCount,
  type MovedRefundCount,
} from '@billing/database';
import {
  lockReading,
  Reading,
  type Gauge,
  type Log,
  type ReadingOptions,
  type Metrics,
} from '@billing/observability';
import { auditReading } from './audit-reading.js';

export interface NodeReadingsOptions {
  readonly database: Database;
  /** Of its own: the others may wait for the very lock that it is to tell of. */
  readonly lockDatabase: Database;
  readonly nodeId: number;
  readonly intervalMs: number;
  readonly log: Log;
}

const LOCK_WAIT_MIN_MS = 1_000;

type Label = 'from_node' | 'to_node';

/**
 * What this node's PostgreSQL knows of the other nodes. Every coordinator of a node reads it, the holder
 * or not, so that it is seen while one of them is left.
 */
export class NodeReadings {
  private readonly readings: readonly Reading<unknown>[];

  constructor(metrics: Metrics, options: NodeReadingsOptions) {
    this.readings = [
      replicaReading(metrics, options),
      slotReading(metrics, options),
      drainReading(metrics, options),
      holdReading(metrics, options),
      breakerReading(metrics, options),
      clockReading(metrics, options),
      transferReading(metrics, options),
      deletedReading(metrics, options),
      ...duplicateReadings(metrics, options),
      auditReading(metrics, options),
      lockReading(metrics, {
        ...options,
        read: () => listLockHolders(options.lockDatabase, LOCK_WAIT_MIN_MS),
      }),
    ];
  }

  start(): void {
    for (const reading of this.readings) reading.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.readings.map((reading) => reading.stop()));
  }
}

/** What arrives here: from another node, to this one. */
function replicaReading(metrics: Metrics, options: NodeReadingsOptions): Reading<unknown> {
  const { database, nodeId } = options;
  const pair = (name: string, help: string): Gauge<Label> =>
    metrics.gauge(name, help, ['from_node', 'to_node']);
  const delay = pair(
    'billing_replication_delay_seconds',
    "Age of the sender's last heartbeat that has arrived, by the sender's clock as far as it is known.",
  );
  const running = pair(
    'billing_replication_running',
    '1: the subscription is replicating, as its receiver sees it.',
  );
  return reading(metrics, options, {
    name: 'replication_status',
    gauges: [delay, running],
    read: () => replicationStatus(database),
    show: (peers) => {
      for (const peer of peers) {
        const labels = { from_node: String(peer.nodeId), to_node: String(nodeId) };
        running.set(labels, peer.subscription === 'replicating' ? 1 : 0);
        if (peer.replayLagMs !== undefined) delay.set(labels, Number(peer.replayLagMs) / 1000);
      }
    },
  });
}

/** What leaves here: from this node, to another one. */
function slotReading(metrics: Metrics, options: NodeReadingsOptions): Reading<unknown> {
  const { database, nodeId } = options;
  const pair = (name: string, help: string): Gauge<Label> =>
    metrics.gauge(name, help, ['from_node', 'to_node']);
  const delay = pair(
    'billing_replication_delay_bytes',
    'WAL of the sender that the receiver has not confirmed.',
  );
  const active = pair('billing_replication_slot_active', '1: the receiver is streaming now.');
  const lost = pair(
    'billing_replication_slot_lost',
    '1: the receiver fell behind the bound and needs a new copy of the data.',
  );
  const wal = pair(
    'billing_replication_slot_wal_bytes',
    'WAL that the sender keeps because of the slot.',
  );
  const walMax = pair(
    'billing_replication_slot_wal_bytes_max',
    'Bound of that WAL (max_slot_wal_keep_size); absent without one.',
  );
  return reading(metrics, options, {
    name: 'replication_slots',
    gauges: [delay, active, lost, wal, walMax],
    read: () => listReplicationSlots(database),
    show: (slots) => {
      for (const slot of slots) {
        const labels = { from_node: String(nodeId), to_node: String(slot.nodeId) };
        const set = (gauge: Gauge<Label>, value: number | undefined): void => {
          if (value !== undefined) gauge.set(labels, value);
        };
        // No slot is no stream.
        active.set(labels, slot.isActive === true ? 1 : 0);
        lost.set(labels, slot.isLost === true ? 1 : 0);
        set(delay, slot.unconfirmedBytes);
        set(wal, slot.walBytes);
        set(walMax, slot.walBytesMax);
      }
    },
  });
}

function drainReading(metrics: Metrics, options: NodeReadingsOptions): Reading<unknown> {
  const drains = metrics.gauge(
    'billing_drains_in_doubt',
    'Drains that have not ended here, by stage: undecided or untold (decided here), reserved (held here).',
    ['stage'],
  );
  const oldest = metrics.gauge(
    'billing_drains_in_doubt_oldest_age_seconds',
    'How long the oldest of them has been so; 0 without one.',
    ['stage'],
  );
  return reading(metrics, options, {
    name: 'drains_in_doubt',
    gauges: [drains, oldest],
    read: () => listDrainsInDoubt(options.database),
    show: (stages) => {
      for (const { stage, drains: count, oldestAgeS } of stages) {
        drains.labels(stage).set(count);
        oldest.labels(stage).set(oldestAgeS);
      }
    },
  });
}

function holdReading(metrics: Metrics, options: NodeReadingsOptions): Reading<unknown> {
  const holds = metrics.gauge(
    'billing_holds',
    'Holds that have not ended here, by stage: open (of this node), unanswered (asked of other nodes by them), over (held here past their time).',
    ['stage'],
  );
  const oldest = metrics.gauge(
    'billing_holds_in_doubt_oldest_age_seconds',
    'How long the oldest has been unanswered or over; 0 without one.',
    ['stage'],
  );
  return reading(metrics, options, {
    name: 'holds',
    gauges: [holds, oldest],
    read: () => countHolds(options.database),
    show: (stages) => {
      for (const { stage, holds: count, oldestAgeS } of stages) {
        holds.labels(stage).set(count);
        if (stage !== 'open') oldest.labels(stage).set(oldestAgeS);
      }
    },
  });
}

function breakerReading(metrics: Metrics, options: NodeReadingsOptions): Reading<unknown> {
  const open = metrics.gauge(
    'billing_breaker_open',
    '1: calls to the peer are spared, as it did not answer.',
    ['peer'],
  );
  const failures = metrics.gauge(
    'billing_breaker_failures',
    'Calls to the peer that failed in a row; above 0 with a breaker that is not open: half open.',
    ['peer'],
  );
  return reading(metrics, options, {
    name: 'breakers',
    gauges: [open, failures],
    read: () => listBreakers(options.database),
    show: (breakers) => {
      for (const { nodeId, isOpen, failures: count } of breakers) {
        open.labels(String(nodeId)).set(isOpen ? 1 : 0);
        failures.labels(String(nodeId)).set(count);
      }
    },
  });
}

function clockReading(metrics: Metrics, options: NodeReadingsOptions): Reading<unknown> {
  const skew = metrics.gauge(
    'billing_clock_skew_seconds',
    "How far the clock of the peer's PostgreSQL is ahead of this node's; below 0: behind.",
    ['peer'],
  );
  const error = metrics.gauge(
    'billing_clock_skew_error_seconds',
    'By how much that may be wrong: half of the round trip it was measured in.',
    ['peer'],
  );
  return reading(metrics, options, {
    name: 'node_clocks',
    gauges: [skew, error],
    read: () => listNodeClocks(options.database),
    show: (clocks) => {
      for (const { nodeId, skewMs, errorMs } of clocks) {
        if (skewMs !== undefined) skew.labels(String(nodeId)).set(skewMs / 1_000);
        if (errorMs !== undefined) error.labels(String(nodeId)).set(errorMs / 1_000);
      }
    },
  });
}

function transferReading(metrics: Metrics, options: NodeReadingsOptions): Reading<unknown> {
  const transfers = metrics.gauge(
    'billing_transfers_open',
    'Transfers that this node has to bring to others, by state (planned, in_transit).',
    ['state'],
  );
  return reading(metrics, options, {
    name: 'open_transfers',
    gauges: [transfers],
    read: () => countOpenTransfers(options.database),
    show: (peers) => {
      const sum = (figure: 'planned' | 'inTransit'): number =>
        peers.reduce((total, peer) => total + Number(peer[figure]), 0);
      transfers.labels('planned').set(sum('planned'));
      transfers.labels('in_transit').set(sum('inTransit'));
    },
  });
}

function deletedReading(metrics: Metrics, options: NodeReadingsOptions): Reading<unknown> {
  const accounts = metrics.gauge(
    'billing_deleted_accounts_with_money',
    "Deleted accounts that have money in this node's part: a correction takes it out.",
  );
  return reading(metrics, options, {
    name: 'money_of_deleted',
    gauges: [accounts],
    read: () => listMoneyOfDeleted(options.database, 1, 'all'),
    show: ({ total }) => accounts.set(total),
  });
}

function duplicateReadings(metrics: Metrics, options: NodeReadingsOptions): Reading<unknown>[] {
  const { database } = options;
  const counts = (
    name: string,
    help: string,
    read: () => Promise<DuplicateCount | ClawbackCount | MovedRefundCount>,
  ): Reading<unknown> => {
    const gauge = metrics.gauge(`billing_${name}`, help, ['state']);
    return reading(metrics, options, {
      name,
      gauges: [gauge],
      read,
      show: (states) => {
        for (const [state, count] of Object.entries(states)) {
          gauge.labels(state).set(Number(count));
        }
      },
    });
  };
  return [
    counts(
      'duplicate_pay_outs',
      'Pay-outs made twice under one key: of this node, undone or open (to be given back); found here, of different requests.',
      () => countDuplicates(database),
    ),
    counts(
      'moved_refunds',
      'Refunds of pay-outs that were made twice and given back here: made of the one that stands, open, or moved in part (short).',
      () => countMovedRefunds(database),
    ),
    counts(
      'duplicate_pay_ins',
      'Pay-ins credited twice under one command id: of this node, taken, open (to be taken back) or deleted (open, of a deleted account); found here, of different content.',
      () => countClawbacks(database),
    ),
  ];
}

function reading<T>(
  metrics: Metrics,
  { intervalMs, log }: NodeReadingsOptions,
  what: Omit<ReadingOptions<T>, 'intervalMs' | 'log'>,
): Reading<unknown> {
  return new Reading<T>(metrics, { ...what, intervalMs, log });
}
