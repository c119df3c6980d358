import { formatTable, toTheRight } from '@billing/cluster';
import {
  listAuditFaults,
  listAuditRuns,
  listMoneyOfDeleted,
  type AuditRun,
  type Listing,
  type MoneyOfDeleted,
} from '@billing/database';
import { formatAmount } from '@billing/money';
import { exitCodes } from './cli.errors.js';
import { toJson } from './json.js';
import { askNodes, type ConnectionOptions } from './node-connection.js';
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
    faults: await listAuditFaults(database, options.all === true, options.limit, 'all'),
    left: await listMoneyOfDeleted(database, options.limit, 'all'),
  }));
  const faults = answers.flatMap(({ auditor, faults: { items } }) =>
    items.map((fault) => ({ auditor, ...fault })),
  );
  const total = answers.reduce((sum, answer) => sum + answer.faults.total, 0);
  const moneyOfDeleted = answers.flatMap(describeLeft);
  if (options.json) {
    const runs = answers.flatMap(({ auditor, runs }) => runs.map((run) => ({ auditor, ...run })));
    terminal.print(toJson({ total, faults, runs, moneyOfDeleted }));
  } else {
    if (faults.length > 0) {
      const where = ['seen by', 'node', 'check', 'account'];
      const columns = [...where, toTheRight('difference'), 'since', 'gone', 'what'];
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
      for (const line of formatTable(columns, rows)) terminal.print(line);
    }
    printLeft(moneyOfDeleted, terminal);
    for (const { auditor, runs } of answers) terminal.print(`${auditor}: ${describeRuns(runs)}`);
    const leftTotal = answers.reduce((sum, { left }) => sum + left.total, 0);
    if (leftTotal > moneyOfDeleted.length) {
      terminal.print(`${moneyOfDeleted.length} of ${leftTotal} deleted accounts: --limit`);
    }
    if (total > faults.length) terminal.print(`${faults.length} of ${total} faults: --limit`);
    else terminal.print(`${total} faults`);
  }
  if (faults.some(({ resolvedAt }) => resolvedAt === undefined)) return exitCodes.refused;
  return exitCode;
}

interface Left {
  readonly auditor: string;
  readonly accountId: bigint;
  readonly amount: string;
  readonly currency: string;
}

/** No fault: left by a forced deletion, or arrived before the deletion did. */
function describeLeft({
  auditor,
  left: { items },
}: {
  readonly auditor: string;
  readonly left: Listing<MoneyOfDeleted>;
}): Left[] {
  return items.map(({ accountId, currency, balanceMinor }) => {
    return { auditor, accountId, amount: formatAmount(balanceMinor, currency), currency };
  });
}

function printLeft(left: readonly Left[], terminal: Terminal): void {
  if (left.length === 0) return;
  terminal.print('money in deleted accounts, no fault; accounts correct takes it out:');
  const rows = left.map(({ auditor, accountId, amount, currency }) => [
    auditor,
    String(accountId),
    `${amount} ${currency}`,
  ]);
  const columns = ['seen by', 'account', toTheRight('left')];
  for (const line of formatTable(columns, rows)) terminal.print(line);
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
