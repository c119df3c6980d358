import {
  DatabaseError,
  type Attempt,
  type Database,
  type Row,
  type Session,
} from '@billing/database';
import { createLog } from '@billing/observability';
import { BillingError } from '../grpc/billing.errors.js';
import { DrainRunner, waitFor } from './drain-runner.js';
import type { PeerSessions } from './peer-sessions.js';

interface Asked {
  readonly node_id: number;
  readonly attempt_id: string;
  readonly round: number;
  readonly wanted_minor: string;
}
type Answer = (values: readonly unknown[]) => unknown;

/** What PostgreSQL says to each call, in turn; the last answer stands. A list is of rows; an Error is thrown. */
class Script {
  readonly calls: { readonly calling: string; readonly values: readonly unknown[] }[] = [];

  constructor(private readonly answers: Readonly<Record<string, Answer[]>>) {}

  query<T extends Row>(calling: string, _: string, values: readonly unknown[] = []): Promise<T[]> {
    const answers = this.answers[calling] ?? [];
    const answer = (answers.length > 1 ? answers.shift() : answers[0])?.(values);
    this.calls.push({ calling, values });
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve((Array.isArray(answer) ? answer : [answer]) as T[]);
  }

  /** The requests of each round, own node and others alike. */
  get rounds(): string[] {
    return this.calls
      .filter(({ calling }) => calling.startsWith('reserve'))
      .flatMap(({ values }) => JSON.parse(String(values[0])) as Asked[])
      .map(({ attempt_id, round, node_id, wanted_minor }) =>
        [attempt_id, round, node_id, wanted_minor].join(' '),
      );
  }

  decisions(): unknown[][] {
    return this.calls
      .filter(({ calling }) => calling === 'decide_drain')
      .map(({ values }) => [...values]);
  }
}

/** Every node gives so much of what it is asked for. */
const giving =
  (givenMinor: Readonly<Record<number, bigint>>): Answer =>
  ([requests]) => ({
    answers: (JSON.parse(String(requests)) as Asked[]).map((asked) => ({
      node_id: asked.node_id,
      attempt_id: asked.attempt_id,
      round: asked.round,
      status: 'reserved',
      reserved_minor: String(givenMinor[asked.node_id] ?? 0n),
    })),
  });

const deciding =
  (verdict: string): Answer =>
  () => ({
    verdict,
    taken_nodes: [1],
    taken_minor: [100n],
    available_minor: null,
    stranded_minor: null,
    unreachable_nodes: [],
    decided_at: null,
  });

/** Of a call that decides many. */
const decidingAll =
  (verdict: string): Answer =>
  ([attempts]) =>
    (JSON.parse(String(attempts)) as object[]).map(() => deciding(verdict)([]));

const attemptOf = (attemptId: string): Attempt => ({
  attemptId,
  payOutId: 'p',
  accountId: 65n,
  amountMinor: 100n,
  deadlineAt: '2026-01-01T00:00:00Z',
  asks: [{ nodeId: 2, wantedMinor: 60n }],
  nodes: [1, 2, 3],
  answers: [
    { node_id: 1, attempt_id: attemptId, round: 1, status: 'reserved', reserved_minor: '40' },
  ],
});

const attemptJson = (attemptId: string): object => ({
  attempt: {
    attempt_id: attemptId,
    pay_out_id: 'p',
    account_id: '65',
    amount_minor: '100',
    deadline_at: '2026-01-01T00:00:00Z',
    asks: [2, 3].map((nodeId) => ({ node_id: nodeId, wanted_minor: '60' })),
    nodes: [1, 2, 3],
    answers: attemptOf(attemptId).answers,
  },
});

function runnerOf(answers: Readonly<Record<string, Answer[]>>): {
  script: Script;
  runner: DrainRunner;
  told: () => number;
} {
  const script = new Script(answers);
  let told = 0;
  const runner = new DrainRunner({
    nodeId: 1,
    database: script as unknown as Database,
    sessions: {
      callsMax: 1,
      use: <T>(work: (session: Session) => Promise<T>) => work(script as unknown as Session),
    } as PeerSessions,
    reserveTimeoutMs: 1_000,
    batchSizeMax: 10,
    decidingCallsMax: 4,
    openMax: 100,
    onDecided: () => (told += 1),
    log: createLog({ app: 'spec', nodeId: 1, level: 'fatal' }),
  });
  return { script, runner, told: () => told };
}

const inMs = (ms: number): number => performance.now() + ms;
const lost = new DatabaseError('08006', 'spec', new Error('lost'));

describe('a drain', () => {
  test('asks the donors once when they cover the rest, and tells them the decision', async () => {
    const { script, runner, told } = runnerOf({
      reserve_at_nodes: [giving({ 2: 60n })],
      decide_drain: [deciding('committed')],
    });
    const decision = await runner.run(attemptOf('a'), inMs(5_000));
    expect(decision).toMatchObject({
      verdict: 'committed',
      taken: [{ nodeId: 1, amountMinor: 100n }],
    });
    expect(script.rounds).toEqual(['a 1 2 60']);
    const [[attemptId, answers, asked, isLast]] = script.decisions() as [
      [string, string, number[], boolean],
    ];
    expect([attemptId, JSON.parse(answers).length, asked, isLast]).toEqual(['a', 2, [2], false]);
    expect(told()).toBe(1);
  });

  test('that came up short asks every node for the rest, its own too', async () => {
    const { script, runner } = runnerOf({
      reserve_at_nodes: [giving({ 2: 25n }), giving({ 3: 35n })],
      reserve: [giving({})],
      decide_drain: [deciding('committed')],
    });
    await runner.run(attemptOf('a'), inMs(5_000));
    expect(script.rounds.sort()).toEqual(['a 1 2 60', 'a 2 1 35', 'a 2 2 35', 'a 2 3 35']);
    expect((script.decisions()[0]![2] as number[]).sort()).toEqual([1, 2, 3]);
  });

  test('asks no second time once a node says that the account is deleted', async () => {
    const { script, runner } = runnerOf({
      reserve_at_nodes: [
        () => ({ answers: [{ node_id: 2, attempt_id: 'a', round: 1, status: 'account_deleted' }] }),
      ],
      decide_drain: [deciding('account_deleted')],
    });
    await runner.run(attemptOf('a'), inMs(5_000));
    expect(script.rounds).toHaveLength(1);
  });

  test('takes a reserve without an answer for unknown, never for nothing', async () => {
    const { script, runner } = runnerOf({
      reserve_at_nodes: [() => lost],
      reserve: [() => lost],
      decide_drain: [deciding('insufficient_reachable_funds')],
    });
    await runner.run(attemptOf('a'), inMs(5_000));
    const answers = JSON.parse(script.decisions()[0]![1] as string) as {
      node_id: number;
      round: number;
      status: string;
    }[];
    expect(answers.slice(1).map(({ node_id, round, status }) => [round, node_id, status])).toEqual([
      [1, 2, 'unknown'],
      [2, 1, 'unknown'],
      [2, 2, 'unknown'],
      [2, 3, 'unknown'],
    ]);
    expect((script.decisions()[0]![2] as number[]).sort()).toEqual([1, 2, 3]);
  });

  test('asks for its decision until it hears it', async () => {
    const { script, runner } = runnerOf({
      reserve_at_nodes: [giving({ 2: 60n })],
      decide_drain: [() => lost, () => lost, deciding('committed')],
    });
    expect(await runner.run(attemptOf('a'), inMs(5_000))).toMatchObject({ verdict: 'committed' });
    const [first, ...again] = script.decisions();
    expect(again).toEqual([first, first]);
  });

  test.each(['57014', '25006', '53100'])(
    'asks for its decision again when PostgreSQL could not give it now (%s)',
    async (code) => {
      const failure = new DatabaseError(code, 'decide_drain', new Error(code));
      const { runner } = runnerOf({
        reserve_at_nodes: [giving({ 2: 60n })],
        decide_drain: [() => failure, deciding('committed')],
      });
      expect(await runner.run(attemptOf('a'), inMs(5_000))).toMatchObject({ verdict: 'committed' });
    },
  );

  test('does not ask again what failed for another reason', async () => {
    const bug = new DatabaseError('42703', 'decide_drain', new Error('a bug'));
    const { runner } = runnerOf({
      reserve_at_nodes: [giving({ 2: 60n })],
      decide_drain: [() => bug],
    });
    await expect(runner.run(attemptOf('a'), inMs(5_000))).rejects.toBe(bug);
  });

  test('of unknown outcome says so long after its deadline', async () => {
    const { runner } = runnerOf({ decide_drain: [() => lost] });
    const answer = runner.run(attemptOf('a'), inMs(-9_900));
    await expect(answer).rejects.toBeInstanceOf(BillingError);
    await expect(answer).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  test('that others hold up tries again under new attempts, the last time near its deadline', async () => {
    let attempts = 0;
    const { script, runner, told } = runnerOf({
      reserve_at_nodes: [giving({})],
      reserve: [giving({})],
      decide_drain: [deciding('contended')],
      begin_attempt: [() => attemptJson(`a${(attempts += 1)}`)],
    });
    const startedMs = performance.now();
    const decision = await runner.run(attemptOf('a0'), startedMs + 400);
    expect(decision.verdict).toBe('contended');
    expect(performance.now() - startedMs).toBeGreaterThan(300);
    expect(performance.now() - startedMs).toBeLessThan(500);
    const decisions = script.decisions();
    expect(decisions.map(([attemptId]) => attemptId)).toEqual(
      decisions.map((_, index) => `a${index}`),
    );
    expect(decisions.length).toBeGreaterThan(2);
    expect(decisions.map(([, , , isLast]) => isLast)).toEqual(
      decisions.map((_, index) => index === decisions.length - 1),
    );
    expect(told()).toBe(decisions.length);
  });

  test('ends as contended when no further attempt may begin', async () => {
    const { runner } = runnerOf({
      reserve_at_nodes: [giving({})],
      reserve: [giving({})],
      decide_drain: [deciding('contended')],
      begin_attempt: [() => ({ attempt: null })],
    });
    expect(await runner.run(attemptOf('a'), inMs(5_000))).toMatchObject({ verdict: 'contended' });
  });

  test('in a hurry waits for nobody', async () => {
    const { script, runner } = runnerOf({
      reserve_at_nodes: [giving({})],
      reserve: [giving({})],
      decide_drain: [deciding('contended')],
      begin_attempt: [() => attemptJson('b')],
    });
    const answer = runner.run(attemptOf('a'), inMs(60_000));
    runner.hurry();
    await answer;
    expect(script.decisions().at(-1)![3]).toBe(true);
    expect(script.decisions().length).toBeLessThanOrEqual(2);
  });

  test('whose deadline is over asks nobody, and is aborted', async () => {
    const { script, runner } = runnerOf({ decide_drain: [deciding('deadline_exceeded')] });
    expect(await runner.run(attemptOf('a'), inMs(-1))).toMatchObject({
      verdict: 'deadline_exceeded',
    });
    expect(script.rounds).toEqual([]);
    expect(script.decisions()[0]![3]).toBe(true);
  });

  test('shares calls with others of its moment, and each gets its own answers and its own word', async () => {
    const { script, runner } = runnerOf({
      reserve_at_nodes: [giving({ 2: 60n })],
      decide_drains: [decidingAll('committed')],
    });
    const ids = ['a', 'b', 'c'];
    const decisions = await Promise.all(ids.map((id) => runner.run(attemptOf(id), inMs(5_000))));
    expect(decisions.map(({ verdict }) => verdict)).toEqual(ids.map(() => 'committed'));
    expect(script.calls.map(({ calling }) => calling)).toEqual([
      'reserve_at_nodes',
      'decide_drains',
    ]);
    const decided = JSON.parse(String(script.calls[1]!.values[0])) as {
      attempt_id: string;
      answers: { attempt_id: string }[];
    }[];
    expect(
      decided.map(({ attempt_id, answers }) => [attempt_id, ...answers.map((a) => a.attempt_id)]),
    ).toEqual(ids.map((id) => [id, id, id]));
  });

  test('of a hold shares no round with pay-outs, which a donor that refuses holds yet gives for', async () => {
    const failed: Answer = ([requests]) => ({
      answers: (JSON.parse(String(requests)) as Asked[]).map(({ node_id, attempt_id, round }) => ({
        node_id,
        attempt_id,
        round,
        status: 'failed',
      })),
    });
    const { script, runner } = runnerOf({
      reserve_at_nodes: [
        (values) =>
          (String(values[0]).includes('held_for_ms') ? failed : giving({ 2: 60n }))(values),
      ],
      decide_drain: [deciding('committed')],
      decide_drains: [decidingAll('committed')],
    });
    const hold = { ...attemptOf('a'), heldForMs: 60_000 };
    await Promise.all(
      [hold, attemptOf('b'), attemptOf('c')].map((one) => runner.run(one, inMs(5_000))),
    );
    const asked = script.calls
      .filter(({ calling }) => calling === 'reserve_at_nodes')
      .map(({ values }) => JSON.parse(String(values[0])) as Asked[]);
    const first = asked.filter((all) => all.every(({ round }) => round === 1));
    expect(first.map((all) => all.map(({ attempt_id }) => attempt_id)).sort()).toEqual([
      ['a'],
      ['b', 'c'],
    ]);
  });

  test('is decided alone when the call that it shares fails because of another one', async () => {
    const bug = new DatabaseError('GB018', 'decide_drain', new Error('a bug'));
    const { runner } = runnerOf({
      reserve_at_nodes: [giving({ 2: 60n })],
      decide_drains: [() => bug],
      decide_drain: [([id]) => (id === 'b' ? bug : deciding('committed')([]))],
    });
    const [a, b, c] = await Promise.allSettled(
      ['a', 'b', 'c'].map((id) => runner.run(attemptOf(id), inMs(5_000))),
    );
    expect([a, c]).toMatchObject([
      { value: { verdict: 'committed' } },
      { value: { verdict: 'committed' } },
    ]);
    expect(b).toMatchObject({ reason: bug });
  });
});

describe('the wait of a contended drain', () => {
  const mean = (tries: number, youth: number): number => {
    const waits = Array.from({ length: 2_000 }, () => waitFor(tries, 20, youth));
    return waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  };

  test('is shorter the older the pay-out is, and longer after each try, up to a bound', () => {
    expect(mean(1, 0)).toBeLessThan(mean(1, 0.5));
    expect(mean(1, 0.5)).toBeLessThan(mean(1, 1));
    expect(mean(1, 1)).toBeLessThan(mean(2, 1));
    expect(mean(4, 1)).toBeCloseTo(mean(9, 1), -2);
    expect(waitFor(9, 10_000, 1)).toBeLessThanOrEqual(875);
  });
});
