import { countOf, datacenter, formatSeconds, formatSigned, words } from '../format.js';
import {
  drainsInDoubt,
  known,
  type AuditFault,
  type NodeAnswer,
  type Overview,
  type PeerLink,
} from './snapshot.js';

export type Level = 'good' | 'warn' | 'bad';

export interface Finding {
  readonly level: Level;
  readonly text: string;
  /** Where it can be looked at. */
  readonly place?: Place;
}

interface Place {
  readonly to: string;
  readonly label: string;
}

export interface Verdict {
  readonly level: Level;
  readonly title: string;
  readonly detail: string;
  /** What stands in the way, the worst first; the first of them is the title. */
  readonly findings: readonly Finding[];
  /** Where the first of them, or what waits for an operator, can be looked at. */
  readonly place: Place | undefined;
}

/** Pay-ins are applied within a second or two; this is not a moment's burst any more. */
export const BEHIND_SECONDS = 5;
export const LATE_SECONDS = 10;
/** The alert CheckerStale says so, too. */
export const AUDIT_STALE_SECONDS = 3_600;

/** One sentence for all that is shown: does money flow? */
export function judge(overview: Overview): Verdict {
  const others = overview.nodes.flatMap(findingsOf);
  others.sort((a, b) => weight(b.level) - weight(a.level));
  // Money that is late is there; money that does not add up is not.
  const findings = [...overview.nodes.flatMap(auditFindingsOf), ...others];
  const worst = findings[0];
  if (worst === undefined) {
    const detail = describeFlow(overview);
    return {
      level: 'good',
      title: 'Money flows',
      detail,
      findings,
      place: placeOfLetters(overview),
    };
  }
  const more = findings.length - 1;
  const detail =
    more === 0 ? describeAnswers(overview) : `and ${countOf(more, 'more thing')} below`;
  return { level: worst.level, title: worst.text, detail, findings, place: worst.place };
}

function placeOfLetters({ nodes }: Overview): Place | undefined {
  const found = nodes.find(({ snapshot }) => (known(snapshot?.deadLetters)?.open ?? 0) > 0);
  if (found === undefined) return undefined;
  const { node } = found;
  return { to: `dead-letters?node=${node}`, label: `Dead letters of ${datacenter(node)}` };
}

function weight(level: Level): number {
  return { good: 0, warn: 1, bad: 2 }[level];
}

function describeFlow(overview: Overview): string {
  const lags = overview.nodes.flatMap(({ snapshot }) => known(snapshot?.lag) ?? []);
  const oldest = Math.max(0, ...lags.map(({ oldestSeconds }) => oldestSeconds));
  const flow =
    oldest === 0 ? 'every pay-in is applied' : `everything applied within ${formatSeconds(oldest)}`;
  return `${flow} · ${describeAnswers(overview)}`;
}

function describeAnswers({ nodes }: Overview): string {
  const snapshots = nodes.flatMap(({ snapshot }) => snapshot ?? []);
  const all = countOf(nodes.length, 'datacenter');
  const answering = `${snapshots.length} of ${all} answer${snapshots.length === 1 ? 's' : ''}`;
  const open = snapshots.reduce((sum, { deadLetters }) => sum + (known(deadLetters)?.open ?? 0), 0);
  if (open === 0) return answering;
  return `${answering} · ${countOf(open, 'dead letter waits', 'dead letters wait')} for an operator`;
}

function auditFindingsOf({ node, snapshot }: NodeAnswer): Finding[] {
  const audit = known(snapshot?.audit);
  if (audit === undefined || audit.open === 0) return [];
  const name = datacenter(node);
  const first = audit.first === null ? 'see there' : describeFault(audit.first, node);
  const text =
    audit.open === 1 ? `audit: ${first}` : `${audit.open} audit faults, the first: ${first}`;
  const place = { to: `audit?node=${node}`, label: `Audit of ${name}` };
  return [{ level: 'bad', text: `${name}: ${text}`, place }];
}

function describeFault(fault: AuditFault, seenBy: number): string {
  const { check, node, accountId, subject, difference, currency, differenceMinor } = fault;
  const about = accountId === null ? subject : `account ${accountId}`;
  const where = node === seenBy ? '' : ` at ${datacenter(node)}`;
  const what = `${words(check)}${about === '' ? '' : ` of ${about}`}${where}`;
  if (differenceMinor === '0') return `${what} is not as it must be`;
  const amount = difference === null ? formatSigned(differenceMinor) : formatSigned(difference);
  return `${what} is off by ${amount}${currency === null ? '' : ` ${currency}`}`;
}

function findingsOf({ node, snapshot, fault }: NodeAnswer): Finding[] {
  const name = datacenter(node);
  if (snapshot === null) {
    return [{ level: 'bad', text: `${name}: its gateway gives ${describeSilence(fault)}` }];
  }
  const found: Finding[] = [];
  const note = (level: Level, text: string, place?: Place): number =>
    found.push({ level, text: `${name}: ${text}`, ...(place && { place }) });
  for (const [what, why] of Object.entries(snapshot.faults)) {
    note('bad', `${whoIs(what)} cannot be used (${why})`);
  }
  const lag = known(snapshot.lag);
  if (lag === undefined) note('bad', 'nobody can tell how far pay-ins are');
  else {
    if (lag.halted > 0)
      note('bad', `${countOf(lag.halted, 'partition')} halted, waiting for an operator`);
    for (const [topic, why] of Object.entries(lag.awayTopics ?? {})) {
      note('warn', `nothing is known of ${topic} (${why})`);
    }
    const openSeconds = lag.openTransactionSeconds ?? 0;
    if (openSeconds > BEHIND_SECONDS) {
      note(
        openSeconds > 6 * BEHIND_SECONDS ? 'bad' : 'warn',
        `an upstream service has left a transaction open for ${formatSeconds(openSeconds)}`,
      );
    }
    if (lag.oldestSeconds > BEHIND_SECONDS) {
      note(
        lag.oldestSeconds > 6 * BEHIND_SECONDS ? 'bad' : 'warn',
        `${countOf(lag.messages, 'pay-in waits', 'pay-ins wait')}, oldest ${formatSeconds(lag.oldestSeconds)}`,
      );
    }
  }
  const doubt = drainsInDoubt(snapshot);
  if (doubt.count > 0) {
    note(
      'warn',
      `${countOf(doubt.count, 'drain')} in doubt for ${formatSeconds(doubt.oldestSeconds)}`,
      { to: 'drains', label: 'Drains in doubt' },
    );
  }
  const audit = known(snapshot.audit);
  if (audit === undefined) note('warn', 'what its audit has found is not known');
  else if ((audit.walkedSeconds ?? 0) > AUDIT_STALE_SECONDS) {
    note(
      'warn',
      `its audit has not come to an end for ${formatSeconds(audit.walkedSeconds ?? 0)}`,
      {
        to: `audit?node=${node}`,
        label: `Audit of ${name}`,
      },
    );
  }
  for (const link of known(snapshot.links)?.peers ?? []) {
    const text = failureOfLink(link);
    if (text !== undefined) note('warn', text);
  }
  return found;
}

/** "no answer in 1.5 s", "no answer (answered 401)" */
function describeSilence(why: string | null): string {
  if (why?.startsWith('no answer')) return why;
  return why ? `no answer (${why})` : 'no answer';
}

const parts: Readonly<Record<string, string>> = {
  postgresql: 'PostgreSQL',
  kafka: 'Kafka',
  coordinator: 'the coordinator',
  gateway: 'the gateway',
};

function whoIs(part: string): string {
  return parts[part] ?? part;
}

/** What is wrong with what arrives from a peer, or with reaching it. */
export function failureOfLink({ node, breaker, arriving, sending }: PeerLink): string | undefined {
  const name = datacenter(node);
  if (sending.lost) return `${name} fell too far behind and needs a new copy`;
  if (breaker === 'open') return `${name} cannot be reached for drains`;
  if (arriving.subscription !== 'replicating') {
    return `replication from ${name} is ${arriving.subscription}`;
  }
  if (arriving.delaySeconds !== null && arriving.delaySeconds > LATE_SECONDS) {
    return `what it knows of ${name} is ${formatSeconds(arriving.delaySeconds)} old`;
  }
  return undefined;
}
