import { auditChecks, countAuditFaults, listAuditRuns, type Database } from '@billing/database';
import { Reading, type Log, type Metrics } from '@billing/observability';

export interface AuditReadingOptions {
  readonly database: Database;
  readonly intervalMs: number;
  readonly log: Log;
}

/**
 * What the auditor of this node has published, whichever coordinator runs it: a check that found nothing is
 * a 0, so that a fault is seen as a rise; a walk that has not come to its end yet has no time.
 */
export function auditReading(
  metrics: Metrics,
  { database, intervalMs, log }: AuditReadingOptions,
): Reading<unknown> {
  const faults = metrics.gauge(
    'billing_audit_faults',
    'Open faults that the auditor of this node has found, by check.',
    ['check'],
  );
  const success = metrics.gauge(
    'billing_audit_last_success_timestamp_seconds',
    'When a walk of the auditor last came to its end and left nothing out, whatever it found.',
    ['walk'],
  );
  const read = async () => ({
    counts: await countAuditFaults(database),
    runs: await listAuditRuns(database),
  });
  return new Reading(metrics, {
    name: 'audit',
    intervalMs,
    gauges: [faults, success],
    read,
    show: ({ counts, runs }) => {
      for (const check of auditChecks) faults.labels(check).set(0);
      for (const { check, faults: count } of counts) faults.labels(check).inc(count);
      for (const { walk, completedAt } of runs) {
        if (completedAt) success.labels(walk).set(completedAt.getTime() / 1000);
      }
    },
    log,
  });
}
