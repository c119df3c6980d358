import {
  auditStep,
  DatabaseError,
  quickWalks,
  replicationStatus,
  thoroughWalks,
  type AuditFinding,
  type AuditStatus,
  type AuditWalk,
} from '@billing/database';
import type { NodeConnection } from './node-connection.js';

export interface WalkOptions {
  /** Only of this account. */
  readonly accountId: bigint | undefined;
  /** Told of each step: which walk, and how many rows it has looked at. */
  readonly onStep: (node: string, walk: string, checked: number) => void;
}

/** A check that was not made, or not to its end. */
export interface NotMade {
  readonly node: string;
  readonly check: string;
  readonly why: string;
}

export interface NodeVerdict {
  readonly node: string;
  readonly checks: number;
  readonly accounts: number;
  readonly findings: readonly AuditFinding[];
  readonly notMade: readonly NotMade[];
}

const batchMax = 5_000;
const doubtMs = 60_000;
// Above what billing_peer's statement_timeout allows over there: a slow answer is a refusal, not silence.
const peerTimeoutMs = 12_000;
const whyNot: Readonly<Record<Exclude<AuditStatus, 'checked'>, string>> = {
  unreachable: 'the other node does not answer',
  behind: 'replication from the other node is behind: no later heartbeat within 5 s',
};

/** Every walk that a node can make, those that ask the other nodes included, from beginning to end. */
export async function verifyNode(
  { name, database }: NodeConnection,
  options: WalkOptions,
): Promise<NodeVerdict> {
  const peers = (await replicationStatus(database)).map(({ nodeId }) => nodeId);
  const walks = [...quickWalks(), ...thoroughWalks(peers)].filter(
    ({ isByAccount }) => options.accountId === undefined || isByAccount,
  );
  const findings = new Map<string, AuditFinding>();
  const notMade: NotMade[] = [];
  let accounts = 0;
  for (const walk of walks) {
    const { status, checked } = await walkThrough(name, database, walk, options, (finding) => {
      // Two walks may see the same.
      const { check, nodeId, accountId, subject } = finding;
      findings.set([check, nodeId, accountId, subject].join('|'), finding);
    });
    if (walk.name === 'parts') accounts = checked;
    if (status !== 'checked') notMade.push({ node: name, check: walk.name, why: whyNot[status] });
  }
  return {
    node: name,
    checks: walks.length - notMade.length,
    accounts,
    findings: [...findings.values()],
    notMade,
  };
}

async function walkThrough(
  node: string,
  database: NodeConnection['database'],
  walk: AuditWalk,
  { accountId, onStep }: WalkOptions,
  found: (finding: AuditFinding) => void,
): Promise<{ status: AuditStatus; checked: number }> {
  let after = accountId === undefined ? '' : (accountId - 1n).toString();
  let limit = accountId === undefined ? batchMax : 1;
  let checked = 0;
  for (;;) {
    try {
      const bounds = { after, limit, timeoutMs: peerTimeoutMs, doubtMs };
      const step = await auditStep(database, walk, bounds);
      checked += step.checked;
      onStep(node, walk.name, checked);
      for (const finding of step.findings) {
        if (accountId === undefined || finding.accountId === accountId) found(finding);
      }
      const isOver = step.next === undefined || accountId !== undefined;
      if (isOver || step.status !== 'checked') return { status: step.status, checked };
      after = step.next!;
    } catch (error) {
      // Too much for one statement: accounts with very many entries go one by one.
      const isTooMuch = error instanceof DatabaseError && error.kind === 'timeout';
      if (!isTooMuch || limit === 1) throw error;
      limit = Math.max(1, Math.floor(limit / 10));
    }
  }
}
