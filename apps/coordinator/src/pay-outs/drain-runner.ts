import { setTimeout as sleep } from 'node:timers/promises';
import {
  beginAttempt,
  DatabaseError,
  decideDrain,
  decideDrains,
  reserve,
  reserveAtNodes,
  type Attempt,
  type Database,
  type DrainDecision,
  type DrainFindings,
  type Reserve,
  type ReserveAnswer,
} from '@billing/database';
import type { Log } from '@billing/observability';
import { BillingError } from '../grpc/billing.errors.js';
import { Combiner, type CallFailure } from './combiner.js';
import type { PeerSessions } from './peer-sessions.js';

export interface DrainRunnerOptions {
  readonly nodeId: number;
  readonly database: Database;
  readonly sessions: PeerSessions;
  /** How long donors have for their answer to one round. */
  readonly reserveTimeoutMs: number;
  /** Drains whose round, or decision, shares one call. */
  readonly batchSizeMax: number;
  /** Calls at once that decide. */
  readonly decidingCallsMax: number;
  readonly openMax: number;
  /** A decision waits to be told to its donors. */
  readonly onDecided: () => void;
  /** Told of each decision that was made here. */
  readonly onVerdict?: (verdict: DrainDecision['verdict']) => void;
  readonly log: Log;
}

/** One round of one drain. */
interface Round {
  readonly requests: readonly Reserve[];
  readonly deadlineMs: number;
}

/** What the rounds of an attempt brought. */
type Findings = Pick<DrainFindings, 'answers' | 'askedNodes'>;

/** An attempt to be decided. */
interface Undecided extends DrainFindings {
  readonly accountId: bigint;
  readonly untilMs: number;
}

// What an attempt takes besides its rounds; and what is kept back for one more, in terms of the last.
const ATTEMPT_OVERHEAD_MS = 25;
const ATTEMPT_SHARE = 1.25;
const WAIT_MAX_MS = 500;
const WAIT_DOUBLINGS_MAX = 3;
// PostgreSQL was lost while it decided: how long after the deadline it is still asked.
const DECIDE_GRACE_MS = 10_000;
const DECIDE_DELAY_MS = 50;

/**
 * Takes a drain from its begin to its decision: reserve at the donors chosen, once more at every node
 * if that came up short, decide; and while others hold the money, again until the deadline. Drains of the same
 * moment share calls to donors and calls that decide; each stays an attempt of its own. No write
 * transaction is open while it waits, and whatever is lost on the way is left to recovery.
 */
export class DrainRunner {
  private readonly rounds: Combiner<Round, readonly ReserveAnswer[]>;
  /** Of holds: a donor that refuses those yet, as its upgrade is not complete, gives for pay-outs. */
  private readonly holdRounds: Combiner<Round, readonly ReserveAnswer[]>;
  private readonly decisions: Combiner<Undecided, DrainDecision>;
  private readonly stopping = new AbortController();

  constructor(private readonly options: DrainRunnerOptions) {
    const { database, batchSizeMax, decidingCallsMax } = options;
    this.rounds = this.makeRounds();
    this.holdRounds = this.makeRounds();
    this.decisions = new Combiner({
      send: (undecided) => decideDrains(database, undecided),
      batchSizeMax,
      openMax: Infinity, // what was begun is to be decided
      callsMax: () => decidingCallsMax,
      deadlineOf: ({ untilMs }) => untilMs,
      // All of them lock the account's part here.
      laneOf: ({ accountId }) => String(accountId),
      judgeFailure: judgeUndecided,
    });
  }

  /** More sessions can be used than before. */
  trigger(): void {
    this.rounds.trigger();
    this.holdRounds.trigger();
  }

  /** From now on nobody waits for others to give money back: what does not fit now is refused. */
  hurry(): void {
    this.stopping.abort();
  }

  /** @throws DatabaseError, BillingError OUTCOME_UNKNOWN */
  async run(begun: Attempt, deadlineMs: number): Promise<DrainDecision> {
    const startedMs = performance.now();
    let attempt = begun;
    for (let tries = 1; ; tries += 1) {
      const beganMs = performance.now();
      const findings = await this.reserve(attempt, deadlineMs);
      const tookMs = performance.now() - beganMs + ATTEMPT_OVERHEAD_MS;
      const leftMs = deadlineMs - performance.now();
      // Another one will take about as long.
      const nextMs = ATTEMPT_SHARE * tookMs;
      const isLast = this.stopping.signal.aborted || leftMs < nextMs;
      const decision = await this.decide(attempt, findings, isLast, deadlineMs);
      this.options.onVerdict?.(decision.verdict);
      if (findings.askedNodes.length > 0) this.options.onDecided();
      if (decision.verdict !== 'contended' || isLast) return decision;
      const waitMs = waitFor(tries, tookMs, leftMs / (deadlineMs - startedMs));
      await this.wait(Math.min(waitMs, deadlineMs - performance.now() - nextMs));
      const next = await this.beginAgain(attempt.payOutId, deadlineMs);
      // Past its deadline by PostgreSQL's clock: recovery puts it down as such.
      if (next === undefined) return decision;
      attempt = next;
    }
  }

  private async reserve(attempt: Attempt, deadlineMs: number): Promise<Findings> {
    const answers: ReserveAnswer[] = [...attempt.answers];
    const askedNodes = new Set<number>();
    const ask = async (round: number, asks: Attempt['asks']): Promise<void> => {
      for (const { nodeId } of asks) askedNodes.add(nodeId);
      answers.push(...(await this.ask(attempt, round, asks, deadlineMs)));
    };
    const isTime = (): boolean => performance.now() < deadlineMs;
    if (attempt.asks.length > 0 && isTime()) await ask(1, attempt.asks);
    const rest = attempt.amountMinor - reservedIn(answers);
    if (rest > 0n && isTime() && !answers.some(endsAttempt)) {
      await ask(
        2,
        attempt.nodes.map((nodeId) => ({ nodeId, wantedMinor: rest })),
      );
    }
    return { answers, askedNodes: [...askedNodes] };
  }

  /** One round at all nodes named; each has its answer, be it that nothing is known. */
  private async ask(
    attempt: Attempt,
    round: number,
    asks: Attempt['asks'],
    deadlineMs: number,
  ): Promise<readonly ReserveAnswer[]> {
    const { database, nodeId: ownNodeId, log } = this.options;
    const requests = asks.map(({ nodeId, wantedMinor }) => ({
      nodeId,
      attemptId: attempt.attemptId,
      round,
      accountId: attempt.accountId,
      payOutId: attempt.payOutId,
      coordinatorNodeId: ownNodeId,
      wantedMinor,
      deadlineAt: attempt.deadlineAt,
      reference: attempt.reference,
      heldForMs: attempt.heldForMs,
    }));
    const unknown = (of: readonly Reserve[], error: unknown): ReserveAnswer[] => {
      // The deadline is everyday life; a lost PostgreSQL is not.
      const level = error instanceof BillingError ? 'debug' : 'warn';
      log[level]({ err: error, attempt: attempt.attemptId, round }, 'no answer to a reserve');
      return of.map(({ nodeId, attemptId }) => ({
        node_id: nodeId,
        attempt_id: attemptId,
        round,
        status: 'unknown' as const,
      }));
    };
    const own = requests.filter(({ nodeId }) => nodeId === ownNodeId);
    const others = requests.filter(({ nodeId }) => nodeId !== ownNodeId);
    const rounds = [
      own.length === 0 ? [] : reserve(database, own).catch((error: unknown) => unknown(own, error)),
      others.length === 0
        ? []
        : (attempt.heldForMs === undefined ? this.rounds : this.holdRounds)
            .submit({ requests: others, deadlineMs })
            .catch((error: unknown) => unknown(others, error)),
    ];
    return (await Promise.all(rounds)).flat();
  }

  private makeRounds(): Combiner<Round, readonly ReserveAnswer[]> {
    const { sessions, batchSizeMax, openMax } = this.options;
    return new Combiner({
      send: (rounds) => this.askDonors(rounds),
      batchSizeMax,
      openMax,
      callsMax: () => sessions.callsMax,
      deadlineOf: ({ deadlineMs }) => deadlineMs,
      judgeFailure: () => ({ mayHaveHappened: true, again: 'none', delayMs: 0 }),
    });
  }

  /** Rounds of several drains in one call; each node hears of all of them at once. */
  private async askDonors(rounds: readonly Round[]): Promise<(readonly ReserveAnswer[])[]> {
    const { sessions, reserveTimeoutMs } = this.options;
    const nowMs = performance.now();
    const longestMs = Math.max(...rounds.map(({ deadlineMs }) => deadlineMs - nowMs));
    const timeoutMs = Math.max(1, Math.floor(Math.min(reserveTimeoutMs, longestMs)));
    const requests = rounds.flatMap((round) => round.requests);
    const answers = await sessions.use((session) => reserveAtNodes(session, requests, timeoutMs));
    if (rounds.length === 1) return [answers];
    const byAttempt = groupByAttempt(answers);
    return rounds.map((round) => byAttempt.get(round.requests[0]!.attemptId) ?? []);
  }

  /**
   * Asked until it answers: the word on an attempt is given once and may be asked for again.
   * @throws BillingError OUTCOME_UNKNOWN, DatabaseError that is no outage
   */
  private async decide(
    { attemptId, accountId }: Attempt,
    findings: Findings,
    isLast: boolean,
    deadlineMs: number,
  ): Promise<DrainDecision> {
    const { database } = this.options;
    const untilMs = deadlineMs + DECIDE_GRACE_MS;
    const undecided = { ...findings, attemptId, isLast, accountId, untilMs };
    try {
      return await this.decisions.submit(undecided);
    } catch (error) {
      if (error instanceof BillingError) throw error;
      // Another one of its call may be why.
      return this.persist(untilMs, () => decideDrain(database, undecided));
    }
  }

  private async beginAgain(payOutId: string, deadlineMs: number): Promise<Attempt | undefined> {
    try {
      return await this.persist(deadlineMs, () => beginAttempt(this.options.database, payOutId));
    } catch (error) {
      // Its last attempt is aborted: nothing is held, and recovery puts the pay-out down as rejected.
      this.options.log.warn({ err: error, payOutId }, 'no further attempt could be begun');
      return undefined;
    }
  }

  /** @throws BillingError OUTCOME_UNKNOWN, DatabaseError that is no outage */
  private async persist<T>(untilMs: number, work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof DatabaseError && error.retryable)) throw error;
        if (performance.now() >= untilMs) throw outcomeUnknown(error);
        await sleep(decideDelayMs());
      }
    }
  }

  private async wait(durationMs: number): Promise<void> {
    const { signal } = this.stopping;
    if (signal.aborted || durationMs <= 0) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, durationMs);
      signal.addEventListener('abort', end);
    });
  }
}

/**
 * How long a contended drain lets others go first: about as long as an attempt takes, longer after
 * each, and the less the older it is.
 * @param youth 1 when it has just begun, 0 at its deadline
 */
export function waitFor(tries: number, tookMs: number, youth: number): number {
  const scaleMs = tookMs * 2 ** Math.min(tries - 1, WAIT_DOUBLINGS_MAX);
  return Math.min(WAIT_MAX_MS, scaleMs) * (0.25 + 0.75 * youth) * (0.25 + 1.5 * Math.random());
}

/** What is certainly held. */
function reservedIn(answers: readonly ReserveAnswer[]): bigint {
  let sum = 0n;
  for (const { status, reserved_minor } of answers) {
    if (status === 'reserved') sum += BigInt(reserved_minor ?? 0);
  }
  return sum;
}

/** A call that decides is made again, as a repeat hears the same; but not what is no outage. */
function judgeUndecided(error: unknown): CallFailure {
  const isOutage = error instanceof DatabaseError && error.retryable;
  return { mayHaveHappened: isOutage, again: isOutage ? 'all' : 'none', delayMs: decideDelayMs() };
}

function decideDelayMs(): number {
  return DECIDE_DELAY_MS + Math.random() * DECIDE_DELAY_MS;
}

/** Nothing that another round could find would change the decision. */
function endsAttempt({ status }: ReserveAnswer): boolean {
  return status === 'closed' || status === 'account_deleted';
}

function groupByAttempt(answers: readonly ReserveAnswer[]): Map<string, ReserveAnswer[]> {
  const groups = new Map<string, ReserveAnswer[]>();
  for (const answer of answers) {
    const group = groups.get(answer.attempt_id);
    if (group === undefined) groups.set(answer.attempt_id, [answer]);
    else group.push(answer);
  }
  return groups;
}

function outcomeUnknown(cause: unknown): BillingError {
  return new BillingError(
    'OUTCOME_UNKNOWN',
    'PostgreSQL was lost while it decided: the same call under the same key tells what became of it',
    {},
    { cause },
  );
}
