import { explore, type Model, type Step } from './explore.js';

// docs/key-homes.md says what these steps are in SQL and in coordinators.

describe('a key with a home', () => {
  type Content = 'this' | 'other';
  interface Ask {
    readonly key: string;
    readonly content: Content;
  }
  /** What a client hears; silence is what it hears when it stops listening. */
  type Answer = 'paid' | 'conflict' | 'home unreachable' | 'outcome unknown';
  interface Try extends Ask {
    /** The node that hears it. */
    readonly at: number;
    readonly stage: 'on its way' | 'handed over';
  }
  interface State {
    /** What each node has paid, by key: one row each, under the lock of its unique index. */
    readonly rows: readonly Readonly<Record<string, Content>>[];
    readonly paid: number;
    readonly tries: readonly Try[];
    /** Hand-overs on their way to the home, whoever still waits for them. */
    readonly handed: readonly (Ask & { readonly from: number })[];
    /** The client: its key, whether some try under it may have arrived, and what it was told at last. */
    readonly key: string;
    readonly isDoubtful: boolean;
    readonly triesLeft: number;
    readonly told: readonly string[];
  }
  interface Variant {
    /** The node that hears it pays itself where the home is silent. */
    readonly paysItself?: boolean;
    /** A hand-over without an answer is told as one that was never sent. */
    readonly deniesSending?: boolean;
    /** A client takes a new key after whatever is no outcome. */
    readonly changesKey?: boolean;
    /** The home gives its answer to whoever has the key. */
    readonly ignoresContent?: boolean;
    /** A hand-over is executed without a look at the key's row. */
    readonly ignoresRow?: boolean;
    /** A client under the same key asks for something else once. */
    readonly asksOther?: boolean;
  }

  const homeOf = (key: string): number => (key === 'first' ? 0 : 1);
  const homeAndOther = [0, 1];

  function pay(state: State, node: number, ask: Ask, variant: Variant, isHanded: boolean) {
    const known = state.rows[node]![ask.key];
    if (known !== undefined && !(variant.ignoresRow && isHanded)) {
      const isSame = known === ask.content || variant.ignoresContent;
      return { after: state, answer: isSame ? ('paid' as const) : ('conflict' as const) };
    }
    const row = { ...state.rows[node], [ask.key]: ask.content };
    const rows = state.rows.map((one, i) => (i === node ? row : one));
    return { after: { ...state, rows, paid: state.paid + 1 }, answer: 'paid' as const };
  }

  const change = (state: State, at: number, to: Partial<Try>): State => ({
    ...state,
    tries: state.tries.map((one, i) => (i === at ? { ...one, ...to } : one)),
  });
  const drop = (state: State, at: number): State => ({
    ...state,
    tries: state.tries.filter((_, i) => i !== at),
  });

  /** The client hears it; or does not, as its connection broke. */
  function answered(state: State, at: number, answer: Answer): Step<State>[] {
    const one = state.tries[at]!;
    const left = drop(state, at);
    const told = `${one.key} ${one.content}: ${answer}`;
    const isDoubtful = state.isDoubtful || answer === 'outcome unknown';
    return [
      [`${told}, heard`, { ...left, isDoubtful, told: [...state.told, told] }],
      [`${told}, unheard`, { ...left, isDoubtful: true }],
    ];
  }

  function atHome(state: State, at: number, variant: Variant): Step<State>[] {
    const one = state.tries[at]!;
    const { after, answer } = pay(state, one.at, one, variant, false);
    return answered(after, at, answer);
  }

  function elsewhere(state: State, at: number, variant: Variant): Step<State>[] {
    const one = state.tries[at]!;
    const { key, content, stage } = one;
    if (stage === 'on its way') {
      const sent = change(state, at, { stage: 'handed over' });
      const handed = [...state.handed, { key, content, from: one.at }];
      const notSent = variant.paysItself
        ? atHome(state, at, variant)
        : answered(state, at, 'home unreachable');
      return [['is handed over', { ...sent, handed }], ...notSent];
    }
    // It stops waiting: cut off, late, or it ends itself; the hand-over may still arrive.
    if (variant.paysItself) return atHome(state, at, variant);
    return answered(state, at, variant.deniesSending ? 'home unreachable' : 'outcome unknown');
  }

  function atTheHome(state: State, variant: Variant): Step<State>[] {
    return state.handed.flatMap((ask, i) => {
      const rest = { ...state, handed: state.handed.filter((_, j) => j !== i) };
      const { after, answer } = pay(rest, homeOf(ask.key), ask, variant, true);
      const waiting = after.tries.findIndex(
        (one) => one.stage === 'handed over' && one.at === ask.from && one.key === ask.key,
      );
      const steps: Step<State>[] = [
        ['a hand-over is lost', rest],
        ['a hand-over is executed, nobody hears', after],
        // A kept connection turned out to be dead after it had brought it: sent once more.
        [
          'a hand-over is executed and comes again',
          { ...after, handed: [...after.handed, ask].slice(-2) },
        ],
      ];
      if (waiting < 0 || after.tries[waiting]!.content !== ask.content) return steps;
      return [...steps, ...answered(after, waiting, answer)];
    });
  }

  function client(state: State, { changesKey, asksOther }: Variant): Step<State>[] {
    const isOver = state.told.some((told) => told.endsWith('paid'));
    if (state.triesLeft === 0 || isOver || state.tries.length > 1) return [];
    const steps: Step<State>[] = [];
    const tryAt = (from: State, at: number, content: Content): Step<State> => [
      `the client asks node ${at} under ${from.key}`,
      {
        ...from,
        triesLeft: from.triesLeft - 1,
        tries: [...from.tries, { key: from.key, content, at, stage: 'on its way' }],
      },
    ];
    for (const at of homeAndOther) {
      // Its patience may be over before an answer comes: then two are under way.
      const from = state.tries.length > 0 ? { ...state, isDoubtful: true } : state;
      steps.push(tryAt(from, at, 'this'));
      if (asksOther) steps.push(tryAt(from, at, 'other'));
    }
    const mayChange = changesKey || (!state.isDoubtful && state.tries.length === 0);
    const wasTold = state.told.some((told) => told.includes('unreachable')) || changesKey;
    if (state.key === 'first' && mayChange && wasTold) {
      steps.push(['the client takes a new key', { ...state, key: 'second', isDoubtful: false }]);
    }
    return steps;
  }

  const modelOf = (variant: Variant, triesLeft = 4): Model<State> => ({
    initial: {
      rows: [{}, {}],
      paid: 0,
      tries: [],
      handed: [],
      key: 'first',
      isDoubtful: false,
      triesLeft,
      told: [],
    },
    steps: (state) => [
      ...client(state, variant),
      ...atTheHome(state, variant),
      ...state.tries.flatMap((one, at): Step<State>[] => [
        ...(one.at === homeOf(one.key)
          ? atHome(state, at, variant)
          : elsewhere(state, at, variant)),
        // Lost on its way, or the coordinator that has it ends.
        ['a try is lost', { ...drop(state, at), isDoubtful: true }],
      ]),
    ],
    violationOf: (state) => {
      if (state.paid > 1) return 'money moved twice';
      for (const told of state.told) {
        const [, key, content, answer] = /^(\w+) (\w+): (.*)$/.exec(told)!;
        const rows = state.rows.flatMap((row) => row[key!] ?? []);
        if (answer === 'paid' && !rows.includes(content as Content))
          return 'told as paid, and is not';
        if (answer === 'conflict' && rows.includes(content as Content))
          return 'a conflict with itself';
      }
      return undefined;
    },
  });

  test('moves money once, whoever hears it, whatever is lost, and whenever a hand-over arrives', () => {
    for (const asksOther of [false, true]) {
      const { violation, states } = explore(modelOf({ asksOther }));
      expect(violation).toBeUndefined();
      expect(states).toBeGreaterThan(2_000);
    }
  });

  test('lets a client whose home is dead pay under a new key', () => {
    const model = modelOf({});
    const passing: Model<State> = {
      ...model,
      violationOf: ({ told }) => (told.includes('second this: paid') ? 'seen' : undefined),
    };
    expect(explore(passing).violation?.what).toBe('seen');
  });

  test.each<[string, Variant, RegExp]>([
    ['who hears it pays where the home is silent', { paysItself: true }, /twice/],
    ['a hand-over without an answer counts as never sent', { deniesSending: true }, /twice/],
    ['a client takes a new key whenever it likes', { changesKey: true }, /twice/],
    ['the home does not look for the key', { ignoresRow: true }, /twice/],
    [
      'the home does not compare what is asked for',
      { ignoresContent: true, asksOther: true },
      /is not/,
    ],
  ])('would be wrong if %s', (_, variant, what) => {
    const { violation } = explore(modelOf(variant));
    expect(violation?.what).toMatch(what);
    expect(violation!.way.length).toBeGreaterThan(1);
  });
});
