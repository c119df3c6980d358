import { formatTable, toTheRight } from '@billing/cluster';
import { auditSums, type AuditFinding } from '@billing/database';
import { CliError, exitCodes } from './cli.errors.js';
import { toJson } from './json.js';
import { askNodes, isOneNode, type ConnectionOptions } from './node-connection.js';
import type { Terminal } from './terminal.js';
import { verifyMoney } from './verify-money.js';
import { verifyNode, type NotMade } from './verify-walks.js';

export interface VerifyOptions extends ConnectionOptions {
  readonly account?: bigint;
  readonly json?: boolean;
}

interface Verdict {
  readonly checks: number;
  readonly accounts: number;
  readonly findings: readonly AuditFinding[];
  readonly notMade: readonly NotMade[];
  /** Accounts that always had something under way, so that their money was not added up. */
  readonly restless: number;
  readonly exitCode: number;
}

const progressEveryMs = 2_000;

/** Every check over everything, at every node that is meant. @returns 1 when something is wrong */
export async function verify(options: VerifyOptions, terminal: Terminal): Promise<number> {
  const verdict = await findFaults(options, terminal);
  const { checks, accounts, findings, notMade, restless } = verdict;
  if (options.json) {
    const faults = findings.map((finding) => ({
      node: nameOf(finding),
      ...finding,
      differenceMinor: finding.foundMinor - finding.expectedMinor,
    }));
    terminal.print(toJson({ checks, accounts, faults, notMade, restless }));
  } else {
    printFindings(findings, terminal);
    for (const { node, check, why } of notMade) {
      terminal.complain(`not checked at ${node}: ${check}: ${why}`);
    }
    if (restless > 0) terminal.complain(`money of ${restless} accounts was never at rest`);
    terminal.print(`${checks} checks, ${accounts} accounts, ${findings.length} faults`);
  }
  if (findings.length > 0) return exitCodes.refused;
  return notMade.length > 0 ? exitCodes.unreachable : verdict.exitCode;
}

async function findFaults(options: VerifyOptions, terminal: Terminal): Promise<Verdict> {
  const { account: accountId } = options;
  const onStep = sayProgress(terminal);
  const { answers, exitCode } = await askNodes(options, terminal, (connection) =>
    verifyNode(connection, { accountId, onStep }),
  );
  const notMade = answers.flatMap((answer) => answer.notMade);
  const findings = answers.flatMap((answer) => answer.findings);
  let checks = answers.reduce((sum, answer) => sum + answer.checks, 0);
  let restless = 0;
  if (!isOneNode(options, terminal)) {
    const money = await addUpMoney(options, terminal, exitCode === exitCodes.done);
    if (money === undefined) {
      notMade.push({ node: 'all nodes', check: 'money', why: 'it takes an answer of every node' });
    } else {
      checks += 1;
      findings.push(...money.findings);
      restless = money.restless;
    }
  }
  const accounts = Math.max(0, ...answers.map((answer) => answer.accounts));
  return { checks, accounts, findings, notMade, restless, exitCode };
}

/** @returns undefined when a node does not answer */
async function addUpMoney(
  options: VerifyOptions,
  terminal: Terminal,
  areAllThere: boolean,
): Promise<Awaited<ReturnType<typeof verifyMoney>> | undefined> {
  if (!areAllThere) return undefined;
  try {
    return await verifyMoney(async (after, last, limit) => {
      const { answers, exitCode } = await askNodes(options, terminal, ({ database }) =>
        auditSums(database, after, last, limit),
      );
      if (exitCode !== exitCodes.done) throw new CliError(exitCode, '');
      return answers;
    }, options.account);
  } catch (error) {
    // Whoever did not answer has been named.
    if (error instanceof CliError) return undefined;
    throw error;
  }
}

export function printFindings(findings: readonly AuditFinding[], terminal: Terminal): void {
  if (findings.length === 0) return;
  const numbers = ['expected', 'found', 'difference'].map(toTheRight);
  const columns = ['node', 'check', 'account', ...numbers, 'what'];
  const rows = findings.map((finding) => [
    nameOf(finding),
    finding.check,
    String(finding.accountId ?? '-'),
    String(finding.expectedMinor),
    String(finding.foundMinor),
    String(finding.foundMinor - finding.expectedMinor),
    [finding.subject, finding.detail].filter((text) => text !== '').join(': '),
  ]);
  for (const line of formatTable(columns, rows)) terminal.print(line);
}

function nameOf({ nodeId }: AuditFinding): string {
  return nodeId === 0 ? 'all' : `dc${nodeId}`;
}

/** On stderr, a line a node every two seconds: what is done at once needs none. */
function sayProgress(terminal: Terminal): (node: string, walk: string, checked: number) => void {
  const startMs = performance.now();
  const saidAtMs = new Map<string, number>();
  return (node, walk, checked) => {
    const nowMs = performance.now();
    if (nowMs - (saidAtMs.get(node) ?? startMs) < progressEveryMs) return;
    saidAtMs.set(node, nowMs);
    terminal.complain(`${node}: ${walk.replaceAll('_', ' ')}, ${checked} looked at`);
  };
}
