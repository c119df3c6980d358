import { setTimeout as sleep } from 'node:timers/promises';
import { BillingError } from '../grpc/billing.errors.js';
import { Combiner, type CallFailure, type CombinerOptions } from './combiner.js';

interface Ask {
  readonly id: number;
  readonly account?: string;
  readonly key?: string;
  readonly withinMs?: number;
}

interface PlannedCall {
  readonly ids: number[];
  readonly answer: () => void;
  readonly fail: (error: unknown) => void;
}

/** A combiner whose calls end when the test says so. */
function combinerOf(changes: Partial<CombinerOptions<Ask, string>> = {}): {
  combiner: Combiner<Ask, string>;
  calls: PlannedCall[];
} {
  const calls: PlannedCall[] = [];
  const combiner = new Combiner<Ask, string>({
    send: (asks) =>
      new Promise((resolve, reject) => {
        calls.push({
          ids: asks.map(({ id }) => id),
          answer: () => resolve(asks.map(({ id }) => `answer ${id}`)),
          fail: reject,
        });
      }),
    batchSizeMax: 4,
    callsMax: () => 1,
    openMax: 100,
    deadlineOf: ({ withinMs }) => performance.now() + (withinMs ?? 60_000),
    laneOf: ({ account, id }) => account ?? `account ${id}`,
    keyOf: ({ key, id }) => key ?? `key ${id}`,
    judgeFailure: () => refused,
    ...changes,
  });
  return { combiner, calls };
}

const refused: CallFailure = { mayHaveHappened: false, again: 'none', delayMs: 0 };
const lost: CallFailure = { mayHaveHappened: true, again: 'all', delayMs: 0 };
const away: CallFailure = { mayHaveHappened: false, again: 'in_doubt', delayMs: 0 };

const turn = (): Promise<void> =>
  new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const codeOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => 'answered',
    (error: unknown) => (error instanceof BillingError ? error.code : error),
  );

describe('a combiner', () => {
  test('sends one request alone in the same turn, and a burst as one call', async () => {
    const { combiner, calls } = combinerOf();
    const answers = [1, 2, 3].map((id) => combiner.submit({ id }));
    await turn();
    expect(calls.map(({ ids }) => ids)).toEqual([[1, 2, 3]]);
    calls[0]!.answer();
    expect(await Promise.all(answers)).toEqual(['answer 1', 'answer 2', 'answer 3']);
    expect(combiner.open).toBe(0);
  });

  test('sends what came during a call as the next ones, in order and of bounded size', async () => {
    const { combiner, calls } = combinerOf();
    const answers = [1, 2, 3, 4, 5, 6].map((id) => combiner.submit({ id }));
    await turn();
    for (const id of [7, 8, 9]) answers.push(combiner.submit({ id }));
    calls[0]!.answer();
    await turn();
    calls[1]!.answer();
    await turn();
    calls[2]!.answer();
    await Promise.all(answers);
    expect(calls.map(({ ids }) => ids)).toEqual([[1, 2, 3, 4], [5, 6, 7, 8], [9]]);
  });

  test('makes the next call before it gives out the answers of the last', async () => {
    const { combiner, calls } = combinerOf({ batchSizeMax: 1 });
    const seen: number[] = [];
    const first = combiner.submit({ id: 1 }).then(() => seen.push(calls.length));
    void combiner.submit({ id: 2 });
    await turn();
    calls[0]!.answer();
    await first;
    expect(seen).toEqual([2]);
    calls[1]!.answer();
  });

  test('keeps one account apart from another call that has it, in order of arrival', async () => {
    const { combiner, calls } = combinerOf({ callsMax: () => 2 });
    const asks = [
      { id: 1, account: 'a' },
      { id: 2, account: 'b' },
    ];
    const answers = asks.map((ask) => combiner.submit(ask));
    await turn();
    for (const [id, account] of [
      [3, 'a'],
      [4, 'c'],
      [5, 'a'],
    ] as const) {
      answers.push(combiner.submit({ id, account }));
    }
    await turn();
    expect(calls.map(({ ids }) => ids)).toEqual([[1, 2], [4]]);
    answers.push(combiner.submit({ id: 6, account: 'a' }));
    calls[0]!.answer();
    await turn();
    expect(calls[2]!.ids).toEqual([3, 5, 6]);
    calls[1]!.answer();
    calls[2]!.answer();
    await Promise.all(answers);
  });

  test('never has one key under way twice: the repeat waits for the answer to the first', async () => {
    const { combiner, calls } = combinerOf({ callsMax: () => 3 });
    const answers = [
      combiner.submit({ id: 1, account: 'a', key: 'k' }),
      combiner.submit({ id: 2, account: 'a', key: 'k' }),
      combiner.submit({ id: 3, account: 'a' }),
      combiner.submit({ id: 4, account: 'b', key: 'k' }),
      combiner.submit({ id: 5, account: 'b' }),
    ];
    await turn();
    // What came after the repeat on its account waits with it; the conflict on another account alone.
    expect(calls.map(({ ids }) => ids)).toEqual([[1, 5]]);
    calls[0]!.answer();
    await turn();
    expect(calls[1]!.ids).toEqual([2, 3]);
    calls[1]!.answer();
    await turn();
    expect(calls[2]!.ids).toEqual([4]);
    calls[2]!.answer();
    await Promise.all(answers);
  });

  test('refuses more than it may hold, and takes more once there is room', async () => {
    const { combiner, calls } = combinerOf({ openMax: 1 });
    const first = combiner.submit({ id: 1 });
    expect(await codeOf(combiner.submit({ id: 2 }))).toBe('OVERLOADED');
    await turn();
    calls[0]!.answer();
    await first;
    const third = combiner.submit({ id: 3 });
    await turn();
    calls[1]!.answer();
    expect(await third).toBe('answer 3');
  });

  test('does not send what waited beyond its deadline', async () => {
    const { combiner, calls } = combinerOf({ batchSizeMax: 1 });
    const first = combiner.submit({ id: 1 });
    const late = codeOf(combiner.submit({ id: 2, withinMs: 20 }));
    await turn();
    await sleep(30);
    calls[0]!.answer();
    expect(await first).toBe('answer 1');
    expect(await late).toBe('DEADLINE_EXCEEDED');
    expect(calls).toHaveLength(1);
  });

  test('tells at the deadline that a hanging call may have happened, and what waits behind it did not', async () => {
    const unheard: string[] = [];
    const { combiner, calls } = combinerOf({ onUnheard: (_, answer) => unheard.push(answer) });
    const hanging = codeOf(combiner.submit({ id: 1, account: 'a', withinMs: 400 }));
    await turn();
    const queued = codeOf(combiner.submit({ id: 2, account: 'a', withinMs: 400 }));
    expect(await hanging).toBe('OUTCOME_UNKNOWN');
    expect(await queued).toBe('DEADLINE_EXCEEDED');
    calls[0]!.answer();
    await turn();
    expect(unheard).toEqual(['answer 1']);
    expect(calls).toHaveLength(1);
    expect(combiner.open).toBe(0);
  });

  describe('whose call failed', () => {
    test('goes on after a pause, also where its timer is early by the clock that is asked', async () => {
      const { now } = performance;
      const startMs = performance.now();
      // As with a kernel whose coarse clock, by which timers go, lags.
      performance.now = () => startMs + (now.call(performance) - startMs) * 0.8;
      try {
        let failures = 3;
        const { combiner } = combinerOf({
          send: (asks) => {
            failures -= 1;
            if (failures >= 0) return Promise.reject(new Error('lost'));
            return Promise.resolve(asks.map(({ id }) => `answer ${id}`));
          },
          judgeFailure: () => ({ ...lost, delayMs: 20 }),
        });
        const waiting = sleep(2_000, 'waiting still');
        expect(await Promise.race([combiner.submit({ id: 1 }), waiting])).toBe('answer 1');
      } finally {
        performance.now = now;
      }
    });

    test('makes it again, in front of what came since', async () => {
      const { combiner, calls } = combinerOf({ judgeFailure: () => lost });
      const answers = [1, 2].map((id) => combiner.submit({ id, account: 'a' }));
      await turn();
      answers.push(combiner.submit({ id: 3, account: 'a' }));
      calls[0]!.fail(new Error('lost'));
      await turn();
      expect(calls[1]!.ids).toEqual([1, 2, 3]);
      calls[1]!.answer();
      expect(await Promise.all(answers)).toEqual(['answer 1', 'answer 2', 'answer 3']);
    });

    test('waits before it does, and gives up at the deadline: unknown what was sent, nothing what was not', async () => {
      const { combiner, calls } = combinerOf({
        batchSizeMax: 1,
        judgeFailure: () => ({ ...lost, delayMs: 10_000 }),
      });
      const sent = codeOf(combiner.submit({ id: 1, withinMs: 30 }));
      const unsent = codeOf(combiner.submit({ id: 2, withinMs: 30 }));
      await turn();
      calls[0]!.fail(new Error('lost'));
      expect(await sent).toBe('OUTCOME_UNKNOWN');
      expect(await unsent).toBe('DEADLINE_EXCEEDED');
      expect(calls).toHaveLength(1);
    });

    test('passes on what certainly did not happen', async () => {
      const { combiner, calls } = combinerOf();
      const answer = codeOf(combiner.submit({ id: 1 }));
      await turn();
      const failure = new Error('refused');
      calls[0]!.fail(failure);
      expect(await answer).toBe(failure);
    });

    test('and may have happened the time before, says that nobody knows', async () => {
      const failures = [lost, refused];
      const { combiner, calls } = combinerOf({ judgeFailure: () => failures.shift()! });
      const answer = codeOf(combiner.submit({ id: 1 }));
      await turn();
      calls[0]!.fail(new Error('lost'));
      await turn();
      calls[1]!.fail(new Error('refused'));
      expect(await answer).toBe('OUTCOME_UNKNOWN');
    });

    test('asks again only for what is in doubt, when the other side is away', async () => {
      const failures = [lost, away];
      const { combiner, calls } = combinerOf({ judgeFailure: () => failures.shift()! });
      const doubted = combiner.submit({ id: 1 });
      await turn();
      const fresh = codeOf(combiner.submit({ id: 2 }));
      calls[0]!.fail(new Error('lost'));
      await turn();
      const failure = new Error('away');
      calls[1]!.fail(failure);
      expect(await fresh).toBe(failure);
      await turn();
      expect(calls[2]!.ids).toEqual([1]);
      calls[2]!.answer();
      expect(await doubted).toBe('answer 1');
    });

    test('fails on an answer too few', async () => {
      const { combiner } = combinerOf({ send: () => Promise.resolve([]) });
      expect(await codeOf(combiner.submit({ id: 1 }))).toBeInstanceOf(TypeError);
    });
  });
});
