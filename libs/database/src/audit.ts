import type { Caller } from './database.js';

/** One thing that is not as it must be. Amounts are minor units. */
export interface AuditFinding {
  readonly check: string;
  /** Where it is broken. */
  readonly nodeId: number;
  /** Undefined: it is about no account. */
  readonly accountId: bigint | undefined;
  /** Pay-out, transfer, attempt or partition; empty: the part itself. */
  readonly subject: string;
  readonly expectedMinor: bigint;
  readonly foundMinor: bigint;
  readonly detail: string;
}

/**
 * `unreachable`: another node did not answer. `behind`: replication is later than the timeout, so that
 * suspects could not be judged. In both cases something was left out.
 */
/** Checks that an auditor makes in the background, by their names in `audit_faults`. */
export const auditChecks = [
  ...['balance', 'reserved', 'negative', 'income', 'pay_in', 'pay_out', 'key', 'drain', 'decision'],
  ...['held', 'hold', 'frozen'],
  ...['transfer', 'arrival', 'copy', 'seal', 'offset', 'in_doubt'],
] as const;

export type AuditStatus = 'checked' | 'unreachable' | 'behind';

export interface AuditStep {
  readonly status: AuditStatus;
  /** Where to go on; undefined: that was the end. */
  readonly next: string | undefined;
  readonly checked: number;
  readonly findings: readonly AuditFinding[];
}

/** What bounds a step, and from where it goes on: `next` of the one before, at first ''. */
export interface AuditBounds {
  readonly after: string;
  readonly limit: number;
  readonly timeoutMs: number;
  readonly doubtMs: number;
}

type FindingJson = {
  check: string;
  node_id: number;
  account_id: string;
  subject: string;
  expected_minor: string;
  found_minor: string;
  detail: string;
};

/** What replication carries, in the words of `billing.digest_rows`. */
export type CopiedTable = 'parts' | 'transfers' | 'decisions' | 'seals' | 'services';

// The catalogue's home.
const SERVICES_NODE = 1;

/** A way through all of something. Those with a `peer` ask that node, too. */
export interface AuditWalk {
  /** Unique at a node. */
  readonly name: string;
  readonly calling: string;
  readonly peer: number | undefined;
  readonly isByAccount: boolean;
  readonly text: string;
  readonly values: (bounds: AuditBounds) => readonly unknown[];
}

const walk = (
  name: string,
  args: string,
  values: AuditWalk['values'],
  more: Partial<AuditWalk> = {},
): AuditWalk => {
  const calling = `audit_${name}`;
  const text = `select status, next_after, checked, findings from billing.${calling}(${args})`;
  return { name, calling, peer: undefined, isByAccount: false, text, values, ...more };
};

const byRange: AuditWalk['values'] = ({ after, limit }) => [after, limit];

/** What takes no other node and little time: run through within a minute. */
export function quickWalks(): AuditWalk[] {
  return [
    walk('parts', '$1, $2', byRange, { isByAccount: true }),
    walk('doubt', '$1, $2', ({ doubtMs, limit }) => [doubtMs, limit]),
    walk('offsets', '', () => []),
  ];
}

/** Everything else, the other nodes included. */
export function thoroughWalks(peers: readonly number[]): AuditWalk[] {
  return [
    walk('entries', '$1, $2', byRange, { isByAccount: true }),
    walk('pay_outs', '$1, $2', byRange),
    walk('drains', '$1, $2', byRange),
    walk('holds', '$1, $2', byRange),
    walk('states', '$1, $2', byRange),
    walk('arrivals', '$1, $2, $3', ({ after, limit, timeoutMs }) => [after, limit, timeoutMs], {
      isByAccount: true,
    }),
    sealsOf(undefined),
    ...peers.flatMap((peer) => walksWith(peer)),
  ];
}

/** What is here of a node's entries; undefined: of this one's. */
const sealsOf = (nodeId: number | undefined): AuditWalk =>
  walk('seals', '$1, $2, $3', ({ after, limit }) => [nodeId ?? null, after, limit], {
    name: nodeId === undefined ? 'seals' : `seals of node ${nodeId}`,
  });

function walksWith(peer: number): AuditWalk[] {
  const withPeer: AuditWalk['values'] = ({ after, limit, timeoutMs }) => [
    peer,
    after,
    limit,
    timeoutMs,
  ];
  const copies = (table: CopiedTable): AuditWalk =>
    walk(
      'copies',
      '$1, $2, $3, $4, $5',
      ({ after, limit, timeoutMs }) => [peer, table, after, limit, timeoutMs],
      { peer, name: `copies of ${table} of node ${peer}`, isByAccount: table === 'parts' },
    );
  return [
    walk('transfers', '$1, $2, $3, $4', withPeer, { peer, name: `transfers to node ${peer}` }),
    walk('decisions', '$1, $2, $3, $4', withPeer, { peer, name: `decisions told node ${peer}` }),
    walk('captures', '$1, $2, $3, $4', withPeer, { peer, name: `captures at node ${peer}` }),
    copies('parts'),
    copies('transfers'),
    copies('decisions'),
    copies('seals'),
    sealsOf(peer),
    ...(peer === SERVICES_NODE ? [copies('services')] : []),
  ];
}

/** One step of a walk: nothing is locked and nothing is kept. @throws DatabaseError */
export async function auditStep(
  database: Caller,
  { calling, text, values }: AuditWalk,
  bounds: AuditBounds,
): Promise<AuditStep> {
  const [row] = await database.query<{
    status: AuditStatus;
    next_after: string | null;
    checked: number;
    findings: FindingJson[];
  }>(calling, text, values(bounds));
  if (row === undefined) throw new TypeError(`billing.${calling} returned no row`);
  return {
    status: row.status,
    next: row.next_after ?? undefined,
    checked: Number(row.checked),
    findings: row.findings.map(toFinding),
  };
}

/** A step as `recordAudit` publishes it. */
export interface AuditRecord {
  readonly walk: string;
  /** A pass begins with this step. */
  readonly isFirst: boolean;
  readonly status: AuditStatus;
  /** By the pass so far. */
  readonly checked: number;
  readonly findings: readonly AuditFinding[];
  /** The pass is over. */
  readonly isLast: boolean;
  /** No step of the pass left anything out. */
  readonly isComplete: boolean;
  /** Number of the caller's lease; undefined: it has none, and nothing is compared. */
  readonly lease?: bigint | undefined;
}

/** `billing.record_audit`. @returns what is new, and what is no longer so. @throws DatabaseError */
export async function recordAudit(
  database: Caller,
  record: AuditRecord,
): Promise<{ appeared: AuditFinding[]; resolved: AuditFinding[] }> {
  const [row] = await database.query<{ appeared: FindingJson[]; resolved: FindingJson[] }>(
    'record_audit',
    'select appeared, resolved from billing.record_audit($1, $2, $3, $4, $5, $6, $7, $8)',
    [
      record.walk,
      record.isFirst,
      record.status,
      record.checked,
      JSON.stringify(record.findings.map(toJson)),
      record.isLast,
      record.isComplete,
      record.lease ?? null,
    ],
  );
  return {
    appeared: (row?.appeared ?? []).map(toFinding),
    resolved: (row?.resolved ?? []).map(toFinding),
  };
}

/** `billing.remember_offsets`: what the next look compares the stored offsets with. @throws DatabaseError */
export async function rememberOffsets(database: Caller): Promise<void> {
  await database.query('remember_offsets', 'select billing.remember_offsets()');
}

function toFinding(json: FindingJson): AuditFinding {
  return {
    check: json.check,
    nodeId: json.node_id,
    accountId: json.account_id === '0' ? undefined : BigInt(json.account_id),
    subject: json.subject,
    expectedMinor: BigInt(json.expected_minor),
    foundMinor: BigInt(json.found_minor),
    detail: json.detail,
  };
}

function toJson(finding: AuditFinding): FindingJson {
  return {
    check: finding.check,
    node_id: finding.nodeId,
    account_id: String(finding.accountId ?? 0n),
    subject: finding.subject,
    expected_minor: finding.expectedMinor.toString(),
    found_minor: finding.foundMinor.toString(),
    detail: finding.detail,
  };
}
