import { measurePayIns } from './pay-in/pay-in-measure.js';
import { payInReport } from './pay-in/pay-in-report.js';
import { measureDrains } from './pay-out/drain-measure.js';
import { drainReport } from './pay-out/drain-tables.js';
import { measureLocal } from './pay-out/local-measure.js';
import { localReport } from './pay-out/local-tables.js';
import type { BenchReport } from './report/bench-report.js';
import { measureReplication } from './replication/replication-measure.js';
import { replicationReport } from './replication/replication-report.js';
import type { Round } from './replication/replication-run.js';

/** How much of everything is measured. */
export interface BenchSize {
  readonly rounds: number;
  /** Pay-ins of each run with replication on, and of each run of one datacenter. */
  readonly replicatedMessages: number;
  readonly messages: number;
  /** Of each run of pay-outs, and of drains. */
  readonly durationMs: number;
  readonly drainMs: number;
  readonly triedConnections: readonly number[];
}

export const fullSize: BenchSize = {
  rounds: 3,
  replicatedMessages: 1_200_000,
  messages: 500_000,
  durationMs: 6_000,
  drainMs: 15_000,
  triedConnections: [8, 16, 32, 64, 128, 256],
};

export const quickSize: BenchSize = {
  rounds: 1,
  replicatedMessages: 60_000,
  messages: 60_000,
  durationMs: 2_000,
  drainMs: 4_000,
  triedConnections: [16, 64],
};

const NODES = 3;
const REPLICATED_ACCOUNTS = 2_000;
const ACCOUNTS = 10_000;
const ROUND_TRIP_MS = 80;
const DRAINS_PER_SECOND = 40;

/** In the order in which they run. */
export const benchNames = ['replication', 'pay-in', 'pay-out', 'drain'] as const;
export type BenchName = (typeof benchNames)[number];

export const benches: Readonly<Record<BenchName, (size: BenchSize) => Promise<BenchReport>>> = {
  replication: async ({ replicatedMessages, rounds }) => {
    const measured: Round[] = [];
    await measureReplication(
      {
        nodes: NODES,
        accounts: [REPLICATED_ACCOUNTS],
        messages: replicatedMessages,
        rounds,
        all: true,
        coordinators: true,
      },
      (round) => measured.push(round),
    );
    return replicationReport(measured);
  },
  'pay-in': async ({ messages, rounds }) =>
    payInReport(await measurePayIns({ messages, accounts: ACCOUNTS, rounds })),
  'pay-out': async ({ durationMs, rounds, triedConnections }) =>
    localReport(await measureLocal({ durationMs, accounts: ACCOUNTS, rounds, triedConnections })),
  drain: async ({ drainMs, rounds }) =>
    drainReport(
      await measureDrains({
        durationMs: drainMs,
        rounds,
        roundTripMs: ROUND_TRIP_MS,
        ratePerSecond: DRAINS_PER_SECOND,
      }),
    ),
};
