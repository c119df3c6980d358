import { listAuditFaults, listAuditRuns, type AuditRun } from '@billing/database';
import { exitCodes } from './cli.errors.js';
import { askNodes, type ConnectionOptions } from './node.connection.js';
import { formatTable, toJson } from './table.js';
import type { Terminal } from './terminal.js';

export interface AuditOptions extends ConnectionOptions {
  readonly limit: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** What the auditors in the background have published. @returns 1 when a fault is open */
export async function showAudit(options: AuditOptions, terminal: Terminal): Promise<number> {
  const { answers, exitCode } = await askNodes(options, terminal, async ({ name, database }) => ({
    auditor: name,
    runs: await listAuditRuns(database),
    faults: await listAuditFaults(database, options.all === true, options.limit),
  }));
  const faults = answers.flatMap(({ auditor, faults: { items } }) =>
    items.map((fault) => ({ auditor, ...fault })),
  );
  const total = answers.reduce((sum, answer) => sum + answer.faults.total, 0);
  if (options.json) {
    const runs = answers.flatMap(({ auditor, runs }) => runs.map((run) => ({ auditor, ...run })));
    terminal.print(toJson({ total, faults, runs }));
  } else {
    if (faults.length > 0) {
      const header = ['seen by', 'node', 'check', 'account', 'difference', 'since', 'gone', 'what'];
      const rows = faults.map((fault) => [
        fault.auditor,
        `dc${fault.nodeId}`,
        fault.check,
        String(fault.accountId ?? '-'),
        String(fault.foundMinor - fault.expectedMinor),
        fault.firstSeenAt.toISOString(),
        fault.resolvedAt?.toISOString() ?? '-',
        [fault.subject, fault.detail].filter((text) => text !== '').join(': '),
      ]);
      for (const line of formatTable(header, rows)) terminal.print(line);
    }
    for (const { auditor, runs } of answers) terminal.print(`${auditor}: ${describeRuns(runs)}`);
    if (total > faults.length) terminal.print(`${faults.length} of ${total} faults: --limit`);
    else terminal.print(`${total} faults`);
  }
  if (faults.some(({ resolvedAt }) => resolvedAt === undefined)) return exitCodes.refused;
  return exitCode;
}

/** When everything was last seen, and what was left out since. */
function describeRuns(runs: readonly AuditRun[]): string {
  if (runs.length === 0) return 'no auditor has run here';
  const balances = runs.find(({ walk }) => walk === 'parts')?.completedAt;
  const leftOut = runs.filter(({ status }) => status !== 'checked');
  const said = `all balances checked at ${balances?.toISOString() ?? 'no time yet'}`;
  if (leftOut.length === 0) return said;
  return `${said}; left out: ${leftOut.map(({ walk, status }) => `${walk} (${status})`).join(', ')}`;
}
