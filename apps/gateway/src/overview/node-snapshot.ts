import type { NodeClock } from '@billing/database';
import type { Reading } from '@billing/observability';
import type { Lag } from '../metrics/pay-in-readings.js';
import { describeAuditState } from './audit-state.js';
import type { View } from '../http/field-schemas.js';
import type { Links, NodeReadings } from './node-readings.js';
import type { lagView, linkView, nodeSnapshotView } from './node-snapshot.view.js';

/** One datacenter as its own gateway sees it. */
export type NodeSnapshot = View<typeof nodeSnapshotView>;

/** @param tellsFaults what the first audit fault is: it may be of any tenant's account */
export function describeNode(readings: NodeReadings, tellsFaults: boolean): NodeSnapshot {
  return {
    node: readings.nodeId,
    at: new Date().toISOString(),
    startedAt: readings.startedAt.toISOString(),
    faults: readings.failures.state().value ?? {},
    lag: show(readings.lag, describeLag),
    rates: {
      arriving: readings.arriving.perSecond() ?? null,
      applied: readings.applied.perSecond() ?? null,
      payOuts: readings.payOuts.perSecond() ?? null,
    },
    deadLetters: show(readings.unapplied, ({ deadLetters }) => ({
      open: deadLetters.reduce((sum, { letters }) => sum + letters, 0),
      byReason: Object.fromEntries(
        deadLetters.filter(({ letters }) => letters > 0).map((row) => [row.reason, row.letters]),
      ),
    })),
    parked: show(readings.unapplied, ({ parked }) => ({
      count: parked.parked,
      oldestSeconds: round(parked.oldestAgeS),
    })),
    drains: show(readings.drains, (stages) => ({
      stages: stages.map(({ stage, drains, oldestAgeS }) => ({
        stage,
        drains,
        oldestSeconds: round(oldestAgeS),
      })),
    })),
    audit: show(readings.audit, (audit) => describeAuditState(audit, tellsFaults)),
    links: show(readings.links, (links) => ({ peers: describeLinks(links) })),
  };
}

/** What could not be read says why, and has no figures. */
function show<T, S extends object>(
  reading: Reading<T>,
  describe: (value: T) => S,
): (S & { fault: null }) | { fault: string } {
  const { value, failure } = reading.state();
  if (value === undefined) return { fault: failure ?? 'not known' };
  return { ...describe(value), fault: null };
}

function describeLag({ partitions, awayTopics }: Lag): View<typeof lagView> {
  const sorted = [...partitions].sort(
    (a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition,
  );
  return {
    messages: sorted.reduce((sum, { messages }) => sum + messages, 0),
    oldestSeconds: round(Math.max(0, ...sorted.map(({ ageMs }) => ageMs)) / 1_000),
    openTransactionSeconds: round(
      Math.max(0, ...sorted.map(({ openTransactionMs }) => openTransactionMs)) / 1_000,
    ),
    halted: sorted.filter(({ isHalted }) => isHalted).length,
    awayTopics,
    partitions: sorted.map((lag) => ({
      topic: lag.topic,
      partition: lag.partition,
      messages: lag.messages,
      oldestSeconds: round(lag.ageMs / 1_000),
      nextOffset: lag.storedOffset.toString(),
      endOffset: lag.highWatermark.toString(),
      uncommitted: lag.uncommitted,
      openTransactionSeconds: round(lag.openTransactionMs / 1_000),
      halted: lag.isHalted,
      haltReason: lag.haltReason ?? null,
      haltDetail: lag.haltDetail ?? null,
      worker: lag.workerId ?? null,
    })),
  };
}

/** `arriving` is what this node receives from the peer, `sending` what the peer receives from it. */
function describeLinks({ replication, breakers, slots, clocks }: Links): View<typeof linkView>[] {
  return replication.map((peer) => {
    const breaker = breakers.find(({ nodeId }) => nodeId === peer.nodeId);
    const slot = slots.find(({ nodeId }) => nodeId === peer.nodeId);
    const delayMs = peer.replayLagMs;
    return {
      node: peer.nodeId,
      breaker: breaker?.isOpen ? 'open' : (breaker?.failures ?? 0) > 0 ? 'half-open' : 'closed',
      failures: breaker?.failures ?? 0,
      clock: describeClock(clocks.find(({ nodeId }) => nodeId === peer.nodeId)),
      arriving: {
        subscription: peer.subscription,
        heartbeatAt: peer.beatAt?.toISOString() ?? null,
        delaySeconds: delayMs === undefined ? null : round(Math.max(0, Number(delayMs)) / 1_000),
      },
      sending: {
        active: slot?.isActive ?? false,
        lost: slot?.isLost ?? false,
        unconfirmedBytes: slot?.unconfirmedBytes ?? null,
        walBytes: slot?.walBytes ?? null,
        walBytesMax: slot?.walBytesMax ?? null,
      },
    };
  });
}

/** In tenths: a snapshot is new to its watchers whenever a figure of it changes. */
function describeClock(clock: NodeClock | undefined): View<typeof linkView>['clock'] {
  if (clock?.skewMs === undefined || clock.errorMs === undefined) return null;
  const tenths = (ms: number): number => Math.round(ms / 100) / 10;
  return { aheadSeconds: tenths(clock.skewMs), errorSeconds: tenths(clock.errorMs) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
