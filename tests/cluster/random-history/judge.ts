import { holdsHold, returnedOf } from './on-holds.js';
import { freezesHold } from './freezes.js';
import { refundsHold } from './refunds.js';
import { leastOf, upToHolds } from './up-to.js';
import {
  paymentsOf,
  type AccountRecord,
  type Payment,
  type Tick,
  type TryRecord,
} from './record.js';

/** Looks at all that happened to one account. @returns what cannot be, a sentence each */
export type Rule = (record: AccountRecord, payments: readonly Payment[]) => string[];

const name = ({ key, amount, node }: TryRecord): string => `${key} of ${amount} at node ${node}`;
const refusedAs = (record: AccountRecord, reason: string): TryRecord[] =>
  record.tries.filter(({ answer }) => answer.kind === 'refused' && answer.reason === reason);

const sum = (amounts: Iterable<bigint>): bigint => {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
};

/** "Insufficient" was true at some moment between question and answer. */
const refusalsWereTrue: Rule = (record, payments) =>
  refusedAs(record, 'INSUFFICIENT_FUNDS').flatMap((one) => {
    const surelyIn = record.payIns.filter(({ knownAt }) => knownAt < one.sentAt);
    const surelyBack = record.refunds.filter(
      ({ answer, answeredAt }) => answer.kind === 'refunded' && answeredAt < one.sentAt,
    );
    const maybeGone = payments.filter(({ earliest }) => earliest < one.answeredAt);
    const there =
      sum([...surelyIn, ...surelyBack].map((p) => p.amount)) - sum(maybeGone.map((p) => p.amount));
    return there < leastOf(one)
      ? []
      : [`${name(one)} was refused while at least ${there} was there`];
  });

/** Money was there to pay with at some moment between question and answer. */
const paymentsWerePossible: Rule = (record, payments) =>
  payments.flatMap((one) => {
    const maybeIn: { amount: bigint }[] = record.payIns
      .filter(({ sentAt }) => sentAt < one.latest)
      .flatMap((payIn) => payIn.nodes.map(() => payIn));
    maybeIn.push(...record.undone.filter(({ payOutId }) => payOutId !== one.payOutId));
    maybeIn.push(
      ...record.made.filter(
        ({ key }) =>
          key === undefined || record.refunds.some((r) => r.key === key && r.sentAt < one.latest),
      ),
    );
    maybeIn.push(...returnedOf(record.heldParts, one.payOutId));
    const surelyGone = payments.filter((p) => p !== one && p.latest < one.earliest);
    const there = sum(maybeIn.map((p) => p.amount)) - sum(surelyGone.map((p) => p.amount));
    return there >= one.amount
      ? []
      : [`${one.key} of ${one.amount} was paid from at most ${there}`];
  });

/** A local refusal is said to local_only alone, and only while the part of the node was short. */
const localRefusalsWereTrue: Rule = (record, payments) =>
  refusedAs(record, 'INSUFFICIENT_LOCAL_FUNDS').flatMap((one) => {
    if (!one.localOnly) return [`${name(one)} may drain and was refused as local`];
    // A drain may hold more of the part for a while than it takes in the end.
    const isHeld = record.tries.some(
      ({ localOnly, sentAt, answer }) =>
        !localOnly &&
        sentAt < one.answeredAt &&
        (answer.kind === 'refused' || answer.parts.size > 1 || !answer.parts.has(one.node)),
    );
    if (isHeld) return [];
    const surelyIn = record.payIns.filter(
      (p) => p.place !== 'wanders' && p.node === one.node && p.knownAt < one.sentAt,
    );
    // What others credited too may be taken back here.
    const maybeBack = record.payIns.flatMap(({ nodes, amount }) =>
      nodes.slice(1).map(() => amount),
    );
    const maybeGone = payments.filter(({ earliest }) => earliest < one.answeredAt);
    const there =
      sum(surelyIn.map((p) => p.amount)) -
      sum(maybeGone.map((p) => p.parts.get(one.node) ?? 0n)) -
      sum(maybeBack);
    return there < leastOf(one) ? [] : [`${name(one)} was refused while ${there} was at its node`];
  });

/** What the nodes gave makes the amount; local_only takes from its own node alone. */
const partsAreRight: Rule = (record) =>
  record.tries.flatMap((one) => {
    if (one.answer.kind !== 'paid') return [];
    const { parts, upTo } = one.answer;
    const violations: string[] = [];
    if (sum(parts.values()) !== (upTo?.paid ?? one.amount))
      violations.push('has parts that do not make its amount');
    if ([...parts.values()].some((part) => part <= 0n)) violations.push('has an empty part');
    // Of a key that wanders another node may have paid.
    const own = one.wanders && one.answer.replayed ? [...parts.keys()][0] : one.node;
    if (one.localOnly && [...parts.keys()].some((node) => node !== own)) {
      violations.push('is local and took from elsewhere');
    }
    return violations.map((violation) => `${name(one)} ${violation}`);
  });

/** No node gave more than came in there, or was given back. */
const nodesGaveWhatTheyHad: Rule = (record, payments) => {
  const nodes = new Set(payments.flatMap(({ parts }) => [...parts.keys()]));
  return [...nodes].flatMap((node) => {
    const credits = [
      ...record.payIns.filter(({ nodes: at }) => at.includes(node)),
      ...record.undone.filter((one) => one.node === node),
      ...record.made.filter((one) => one.node === node),
      ...returnedOf(record.heldParts.filter((one) => one.node === node)),
    ];
    const cameIn = sum(credits.map(({ amount }) => amount));
    const gave = sum(payments.map(({ parts }) => parts.get(node) ?? 0n));
    return gave <= cameIn ? [] : [`node ${node} gave ${gave}, and only ${cameIn} came in there`];
  });
};

/**
 * A key is paid once; whoever asks again hears the same; whoever asks for something else is refused, unless all
 * that came before under the key was refused.
 */
const keysHold: Rule = (record) => {
  const byKey = new Map<string, TryRecord[]>();
  for (const one of record.tries) byKey.set(one.key, [...(byKey.get(one.key) ?? []), one]);
  return [...byKey.values()].flatMap((tries) => [
    ...(tries[0]!.wanders ? oneStands(tries, record) : repeatsAreTheSame(tries)),
    ...tries.flatMap((one) => contentViolation(one, tries)),
  ]);
};

/** Of a key that wanders more than one pay-out may have been made, and all but one are given back. */
function oneStands(tries: readonly TryRecord[], { undone, unheard }: AccountRecord): string[] {
  const byId = new Map<string, TryRecord[]>();
  for (const one of tries) {
    if (one.answer.kind !== 'paid') continue;
    const { payOutId } = one.answer;
    byId.set(payOutId, [...(byId.get(payOutId) ?? []), one]);
  }
  const ids = new Set([
    ...byId.keys(),
    ...[...undone, ...unheard]
      .filter(({ key }) => key === tries[0]!.key)
      .map(({ payOutId }) => payOutId),
  ]);
  const standing = [...ids].filter((id) => !undone.some(({ payOutId }) => payOutId === id));
  return [
    ...[...byId.values()].flatMap(repeatsAreTheSame),
    ...(ids.size > 0 && standing.length !== 1
      ? [`of ${ids.size} pay-outs of ${tries[0]!.key} ${standing.length} stand`]
      : []),
  ];
}

function repeatsAreTheSame(tries: readonly TryRecord[]): string[] {
  const [first, ...others] = tries.filter(({ answer }) => answer.kind === 'paid');
  if (first === undefined) return [];
  const tell = ({ answer, amount }: TryRecord): string =>
    answer.kind === 'paid'
      ? `${answer.payOutId} ${amount} ${[...answer.parts]} ${Object.values(answer.upTo ?? {})}`
      : '';
  const violations = others
    .filter((one) => tell(one) !== tell(first))
    .map((one) => `${name(one)} was answered "${tell(one)}" and "${tell(first)}"`);
  const paid = [first, ...others].filter(({ answer }) => 'replayed' in answer && !answer.replayed);
  if (paid.length > 1) violations.push(`${name(first)} was paid ${paid.length} times`);
  return violations;
}

const sameContent = (a: TryRecord, b: TryRecord): boolean =>
  a.amount === b.amount &&
  a.localOnly === b.localOnly &&
  a.quantity === b.quantity &&
  a.minimum === b.minimum;

/** Reasons after which nothing of the try is under way any more. */
const finalReasons = new Set([
  'INSUFFICIENT_LOCAL_FUNDS',
  'INSUFFICIENT_FUNDS',
  'INSUFFICIENT_REACHABLE_FUNDS',
  'ACCOUNT_FROZEN',
]);
const isRefusedBy = ({ answer, answeredAt }: TryRecord, tick: Tick): boolean =>
  answer.kind === 'refused' && finalReasons.has(answer.reason) && answeredAt < tick;

function contentViolation(one: TryRecord, tries: readonly TryRecord[]): string[] {
  const { answer } = one;
  const isConflict = answer.kind === 'refused' && answer.reason === 'IDEMPOTENCY_CONFLICT';
  // What another node has paid may not have arrived.
  const before = tries.filter(
    (other) => other.answeredAt < one.sentAt && (!one.wanders || other.node === one.node),
  );
  const paid = before.filter((earlier) => earlier.answer.kind === 'paid');
  const other = paid.find((earlier) => !sameContent(earlier, one));
  if (isConflict) {
    const same = paid.find((earlier) => sameContent(earlier, one));
    if (same) return [`${name(one)} conflicts with itself`];
    const rivals = tries.filter(
      (t) => !sameContent(t, one) && t.sentAt < one.answeredAt && !isRefusedBy(t, one.sentAt),
    );
    return rivals.length > 0 ? [] : [`${name(one)} conflicts with nothing`];
  }
  if (other && !(answer.kind === 'refused' && isPassing(answer.reason))) {
    return [`${name(one)} was not refused, though ${name(other)} had the key`];
  }
  if (paid.length > 0 && answer.kind === 'refused' && !isPassing(answer.reason)) {
    return [`${name(one)} was refused as ${answer.reason} after it was paid`];
  }
  return [];
}

/** Says nothing about the pay-out itself. */
function isPassing(reason: string): boolean {
  return [
    'OVERLOADED',
    'IN_PROGRESS',
    'OUTCOME_UNKNOWN',
    'HOME_UNREACHABLE',
    'DATABASE_UNAVAILABLE',
  ].includes(reason);
}

/** Judged after the account is, so a deleted one never gets so far. */
const reasonsAfterDeletion = new Set([
  'INSUFFICIENT_LOCAL_FUNDS',
  'INSUFFICIENT_FUNDS',
  'INSUFFICIENT_REACHABLE_FUNDS',
  'CONTENDED',
]);

/** Said only of a deleted account; at its home from the answer on, elsewhere once it is known there. */
const deletionsHold: Rule = (record) => {
  const { deletions, tries, home, deletionSeenAt } = record;
  const violations: string[] = [];
  const first = deletions.filter(({ alreadyDeleted }) => !alreadyDeleted);
  const isDoneUnheard = first.length === 0 && deletions.some(({ isRepeated }) => isRepeated);
  if (deletions.length > 0 && first.length !== 1 && !isDoneUnheard) {
    violations.push(`${first.length} of ${deletions.length} deletions say that they did it`);
  }
  const begunAt = Math.min(...deletions.map(({ sentAt }) => sentAt));
  const doneAt = Math.min(...deletions.map(({ answeredAt }) => answeredAt));
  for (const one of tries) {
    const { answer, node } = one;
    const isDeleted = answer.kind === 'refused' && answer.reason === 'ACCOUNT_DELETED';
    if (isDeleted && !(begunAt < one.answeredAt))
      violations.push(`${name(one)} sees a deletion too early`);
    const knownFrom = node === home ? doneAt : (deletionSeenAt.get(node) ?? Infinity);
    const goesOn =
      answer.kind === 'paid' ? !answer.replayed : reasonsAfterDeletion.has(answer.reason);
    if (goesOn && one.sentAt > knownFrom) violations.push(`${name(one)} does not see the deletion`);
  }
  return violations;
};

/** Nobody was told of it because an answer was lost, and not otherwise; what is kept is what was asked for. */
const unheardWereInDoubt: Rule = ({ tries, unheard }) =>
  unheard.flatMap(({ key, payOutId, amount }) => {
    const isInDoubt = tries.some(
      ({ key: tried, amount: asked, minimum = asked, answer }) =>
        tried === key &&
        minimum <= amount &&
        amount <= asked &&
        answer.kind === 'refused' &&
        answer.reason === 'OUTCOME_UNKNOWN',
    );
    const said = tries.filter((one) => one.key === key).map(tellAnswer);
    return isInDoubt
      ? []
      : [`${payOutId} of ${amount} under ${key} was paid, and answered: ${said.join(', ')}`];
  });

const tellAnswer = ({ answer, node, sentAt, answeredAt }: TryRecord): string =>
  `${answer.kind === 'paid' ? answer.payOutId : answer.reason} at node ${node} (${sentAt} to ${answeredAt})`;

/** Whatever else a pay-out may be answered here, it is a violation. */
const reasonsAreKnown: Rule = (record) => {
  const known = new Set([
    ...reasonsAfterDeletion,
    'ACCOUNT_DELETED',
    'ACCOUNT_FROZEN',
    'IDEMPOTENCY_CONFLICT',
    'IN_PROGRESS',
    'OVERLOADED',
    'DEADLINE_EXCEEDED',
    // Of one whose call was under way when its time was over: asked again, it is told.
    'OUTCOME_UNKNOWN',
    // Of a loaded machine, where a home may be silent for as long as a breaker waits.
    'HOME_UNREACHABLE',
    // Of one whose PostgreSQL is away.
    'DATABASE_UNAVAILABLE',
  ]);
  const ofRefunds = ['REFUND_EXCEEDED', 'ACCOUNT_DELETED'];
  return [
    ...record.tries.flatMap((one) =>
      one.answer.kind === 'paid' || known.has(one.answer.reason)
        ? []
        : [`${name(one)} was refused as ${one.answer.reason}`],
    ),
    ...record.refunds.flatMap(({ key, answer }) =>
      answer.kind === 'refunded' || ofRefunds.includes(answer.reason)
        ? []
        : [`the refund ${key} was refused as ${answer.reason}`],
    ),
  ];
};

export const rules: Readonly<Record<string, Rule>> = {
  refusalsWereTrue,
  paymentsWerePossible,
  localRefusalsWereTrue,
  partsAreRight,
  nodesGaveWhatTheyHad,
  keysHold,
  deletionsHold,
  unheardWereInDoubt,
  refundsHold,
  holdsHold,
  upToHolds,
  freezesHold,
  reasonsAreKnown,
};

/** @returns what cannot be, by the name of the rule */
export function judgeAccount(record: AccountRecord): string[] {
  const payments = paymentsOf(record);
  return Object.entries(rules).flatMap(([rule, judge]) =>
    judge(record, payments).map(
      (violation) => `account ${record.accountId}, ${rule}: ${violation}`,
    ),
  );
}
