import type { CoordinatorConfig } from '@billing/config';
import {
  quickWalks,
  rememberOffsets,
  replicationStatus,
  thoroughWalks,
  type AuditFinding,
  type AuditWalk,
  type Database,
} from '@billing/database';
import type { Log } from '@billing/observability';
import { AuditLane } from './audit-lane.js';

export interface AuditorOptions {
  readonly database: Database;
  /** With the number of the holder's lease: two auditors must not publish as one. */
  readonly settings: CoordinatorConfig['audit'] & { readonly lease: bigint };
  readonly log: Log;
}

const FAULTS_LOGGED_MAX = 20;
// Whoever has just become the holder has more urgent things to do, and other nodes may just start.
const THOROUGH_DELAY_MS = 30_000;

/**
 * Checks this node's data against the invariants, again and again, while it is in use: all balances in
 * quick passes, everything in thorough ones, each in small steps. What it finds stands in audit_faults and
 * is logged once. What the checks are, and what they cannot see: docs/audit.md.
 */
export class Auditor {
  private readonly lanes: readonly AuditLane[];

  constructor(private readonly options: AuditorOptions) {
    const { settings } = options;
    this.lanes = [
      this.makeLane({
        passMs: settings.passMs,
        delayMs: 0,
        listWalks: () => Promise.resolve(quickWalks()),
        onPassed: () => rememberOffsets(options.database),
      }),
      this.makeLane({
        passMs: settings.thoroughPassMs,
        delayMs: Math.min(THOROUGH_DELAY_MS, settings.thoroughPassMs),
        listWalks: async () => {
          const peers = await replicationStatus(options.database);
          return thoroughWalks(peers.map(({ nodeId }) => nodeId));
        },
        onPassed: () => Promise.resolve(),
      }),
    ];
  }

  start(): void {
    for (const lane of this.lanes) lane.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.stop()));
  }

  private makeLane(lane: {
    passMs: number;
    delayMs: number;
    listWalks: () => Promise<AuditWalk[]>;
    onPassed: () => Promise<void>;
  }): AuditLane {
    const { database, settings, log } = this.options;
    return new AuditLane({
      ...lane,
      database,
      intervalMs: settings.intervalMs,
      batchMax: settings.batchMax,
      doubtMs: settings.doubtMs,
      lease: settings.lease,
      onAppeared: (findings) => this.report(findings),
      onResolved: (findings) => {
        for (const finding of findings.slice(0, FAULTS_LOGGED_MAX)) {
          log.info(describe(finding), 'audit: a fault is gone');
        }
      },
      log,
    });
  }

  private report(findings: readonly AuditFinding[]): void {
    const { log } = this.options;
    for (const finding of findings.slice(0, FAULTS_LOGGED_MAX)) {
      log.error(describe(finding), `audit: ${finding.detail}`);
    }
    const more = findings.length - FAULTS_LOGGED_MAX;
    if (more > 0)
      log.error({ more }, 'audit: more faults like these: npx billing audit lists them');
  }
}

function describe(finding: AuditFinding): object {
  const { check, nodeId, accountId, subject, expectedMinor, foundMinor } = finding;
  return {
    check,
    node: nodeId,
    ...(accountId === undefined ? {} : { account: accountId.toString() }),
    ...(subject === '' ? {} : { subject }),
    expectedMinor: expectedMinor.toString(),
    foundMinor: foundMinor.toString(),
    differenceMinor: (foundMinor - expectedMinor).toString(),
  };
}
