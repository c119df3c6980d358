import { explore, type Model, type Step } from './explore.js';

// docs/batches.md says what these steps are in SQL.

describe('seals', () => {
  interface Batch {
    readonly id: number;
    /** What had been committed when it took its id: what its caller may have heard of. */
    readonly knows: readonly number[];
  }
  interface Seal {
    readonly number: number;
    readonly batches: readonly number[];
  }
  interface Sealer {
    /** Whose rows it has locked. */
    readonly locked?: readonly number[];
    readonly number?: number;
    readonly left: number;
  }
  interface State {
    readonly nextId: number;
    readonly open: readonly Batch[];
    /** Batches and seals, in the order of commits. */
    readonly stream: readonly (Batch | Seal)[];
    readonly toBegin: number;
    readonly sealers: readonly Sealer[];
  }
  interface Variant {
    /** A seal takes what has a larger id than the last one that was sealed, and nothing is deleted. */
    readonly byId?: boolean;
    /** A sealer reads the last number before it has its locks, and two may write one. */
    readonly readsFirst?: boolean;
    /** It takes some of what it sees, not the oldest. */
    readonly takesAny?: boolean;
  }

  const perSeal = 2;
  const isSeal = (one: Batch | Seal): one is Seal => 'number' in one;
  const sealsOf = ({ stream }: State): Seal[] => stream.filter(isSeal);
  const committed = ({ stream }: State): number[] =>
    stream.flatMap((one) => (isSeal(one) ? [] : [one.id]));

  /** What may be sealed next: each list is one choice. */
  function choices(state: State, { byId, takesAny }: Variant): (readonly number[])[] {
    const sealed = sealsOf(state).flatMap(({ batches }) => batches);
    const seen = committed(state)
      .filter((id) => (byId ? id > Math.max(0, ...sealed) : !sealed.includes(id)))
      .sort((a, b) => a - b);
    if (seen.length === 0) return [];
    return takesAny ? seen.map((id) => [id]) : [seen.slice(0, perSeal)];
  }

  function seal(state: State, at: number, variant: Variant): Step<State>[] {
    const sealer = state.sealers[at]!;
    const become = (changed: Sealer): State => ({
      ...state,
      sealers: state.sealers.map((one, i) => (i === at ? changed : one)),
    });
    const next = sealsOf(state).length + 1;
    const { left, locked, number } = sealer;
    if (variant.readsFirst && number === undefined) {
      return left > 0
        ? [[`sealer ${at} reads number ${next}`, become({ left, number: next })]]
        : [];
    }
    if (locked === undefined) {
      // Whoever comes second waits for the locks, and then looks anew.
      const isFree = state.sealers.every((other) => other.locked === undefined);
      if (left === 0 || !isFree) return [];
      return choices(state, variant).map((chosen) => [
        `sealer ${at} locks ${chosen.join(' and ')}`,
        become({ ...sealer, left: left - 1, locked: chosen }),
      ]);
    }
    const free = become({ left });
    const made = { number: number ?? next, batches: locked };
    return [
      [`sealer ${at} ends`, free],
      [`sealer ${at} commits`, { ...free, stream: [...state.stream, made] }],
    ];
  }

  const modelOf = (variant: Variant, toBegin = 3): Model<State> => ({
    initial: { nextId: 1, open: [], stream: [], toBegin, sealers: [{ left: 3 }, { left: 1 }] },
    steps: (state) => {
      const { nextId, open, stream } = state;
      const steps: Step<State>[] = [];
      if (state.toBegin > 0) {
        const batch = { id: nextId, knows: committed(state) };
        steps.push([
          `batch ${nextId} begins`,
          { ...state, nextId: nextId + 1, open: [...open, batch], toBegin: state.toBegin - 1 },
        ]);
      }
      for (const batch of open) {
        const left = open.filter((one) => one !== batch);
        steps.push([
          `batch ${batch.id} commits`,
          { ...state, open: left, stream: [...stream, batch] },
        ]);
        steps.push([`batch ${batch.id} is rolled back`, { ...state, open: left }]);
      }
      return [...steps, ...state.sealers.flatMap((_, at) => seal(state, at, variant))];
    },
    violationOf: (state, isEnd) => {
      const seals = sealsOf(state);
      if (seals.some(({ number }, i) => number !== i + 1))
        return 'seals have a gap, or a number twice';
      const sealed = seals.flatMap(({ batches }) => batches);
      if (new Set(sealed).size < sealed.length) return 'a batch is in two seals';
      const place = (id: number): number => {
        const found = seals.findIndex(({ batches }) => batches.includes(id));
        return found < 0 ? Infinity : found;
      };
      for (const [at, one] of state.stream.entries()) {
        if (isSeal(one)) {
          const before = committed({ ...state, stream: state.stream.slice(0, at) });
          if (one.batches.some((id) => !before.includes(id)))
            return 'a seal arrives before its batches';
        } else if (one.knows.some((id) => place(id) > place(one.id))) {
          return 'what came of something is sealed before it';
        }
      }
      const isQuiet = isEnd && state.sealers.some(({ left }) => left > 0);
      const isWhole = committed(state).every((id) => sealed.includes(id));
      return isQuiet && !isWhole ? 'a batch is never sealed' : undefined;
    },
  });

  test('have each batch once, without a gap, behind it in the stream and behind what it came of, whoever seals and whenever it ends', () => {
    const { violation, states } = explore(modelOf({}));
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(1_000);
  });

  test('wait for no transaction that stays open: later batches are sealed meanwhile', () => {
    const model = modelOf({});
    const passing: Model<State> = {
      ...model,
      violationOf: (state) =>
        state.open.some(({ id }) => id === 1) &&
        sealsOf(state).some(({ batches }) => batches.includes(2))
          ? 'seen'
          : undefined,
    };
    expect(explore(passing).violation?.what).toBe('seen');
  });

  test.each<[string, Variant, RegExp]>([
    ['ids in place of what is there', { byId: true }, /never sealed/],
    ['a number that is read before the locks are there', { readsFirst: true }, /number twice/],
    ['any of what is there, not the oldest', { takesAny: true }, /sealed before it/],
  ])('would be wrong with %s', (_, variant, what) => {
    expect(explore(modelOf(variant)).violation?.what).toMatch(what);
  });
});
