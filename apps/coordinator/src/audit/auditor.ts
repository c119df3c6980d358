import type { CoordinatorConfig } from '@billing/config';
import {
  countAuditFaults,
  quickWalks,
  rememberOffsets,
  replicationStatus,
  thoroughWalks,
  type AuditFinding,
  type AuditWalk,
  type Database,
} from '@billing/database';
import type { Log } from '@billing/observability';
import { AuditLane } from './audit.lane.js';

/** What the auditor of this node knows, for metrics. */
export interface AuditSummary {
  /** Open faults, by the node where they are and the check. */
  readonly faults: readonly {
    readonly nodeId: number;
    readonly check: string;
    readonly faults: number;
  }[];
  /** End of the last pass over all balances that left nothing out. */
  readonly lastSuccessAt: Date | undefined;
  /** The same of a pass over everything, the other nodes included. */
  readonly lastThoroughSuccessAt: Date | undefined;
}

export interface AuditorOptions {
  readonly database: Database;
  readonly settings: CoordinatorConfig['audit'];
  readonly log: Log;
  /** Told at the end of each pass, and when a fault appears or is gone. */
  readonly onResult?: ((summary: AuditSummary) => void) | undefined;
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
  private known: AuditSummary = {
    faults: [],
    lastSuccessAt: undefined,
    lastThoroughSuccessAt: undefined,
  };

  constructor(private readonly options: AuditorOptions) {
    const { settings } = options;
    this.lanes = [
      this.makeLane({
        passMs: settings.passMs,
        delayMs: 0,
        listWalks: () => Promise.resolve(quickWalks()),
        onPassed: async (isComplete) => {
          await rememberOffsets(options.database);
          await this.tell(isComplete ? { lastSuccessAt: new Date() } : {});
        },
      }),
      this.makeLane({
        passMs: settings.thoroughPassMs,
        delayMs: Math.min(THOROUGH_DELAY_MS, settings.thoroughPassMs),
        listWalks: async () => {
          const peers = await replicationStatus(options.database);
          return thoroughWalks(peers.map(({ nodeId }) => nodeId));
        },
        onPassed: (isComplete) =>
          this.tell(isComplete ? { lastThoroughSuccessAt: new Date() } : {}),
      }),
    ];
  }

  start(): void {
    for (const lane of this.lanes) lane.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.stop()));
  }

  summary(): AuditSummary {
    return this.known;
  }

  private makeLane(lane: {
    passMs: number;
    delayMs: number;
    listWalks: () => Promise<AuditWalk[]>;
    onPassed: (isComplete: boolean) => Promise<void>;
  }): AuditLane {
    const { database, settings, log } = this.options;
    return new AuditLane({
      ...lane,
      database,
      intervalMs: settings.intervalMs,
      batchMax: settings.batchMax,
      doubtMs: settings.doubtMs,
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

  private async tell(change: Partial<AuditSummary>): Promise<void> {
    const faults = await countAuditFaults(this.options.database);
    this.known = { ...this.known, ...change, faults };
    this.options.onResult?.(this.known);
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
