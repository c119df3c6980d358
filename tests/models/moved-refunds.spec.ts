import { explore, type Model, type Step } from './explore.js';

// What becomes of refunds of pay-outs that three nodes have made under one key (docs/refunds.md): node 1's stands, those of nodes 2
// and 3 are reversed, whenever their nodes hear of an earlier one.

describe('refunds of a pay-out that was made more than once', () => {
  interface Refund {
    /** The client's key, or the refund that moved here. */
    readonly key: string;
    readonly amount: number;
  }
  /** A refund of a reversed pay-out: to be made of the one that stands. */
  interface Moving {
    readonly key: string;
    readonly amount: number;
    readonly to: number;
    readonly isAsked: boolean;
    readonly isDone: boolean;
  }
  interface Node {
    readonly refunds: readonly Refund[];
    /** The pay-out here was given back, as that one stood: never changed again. */
    readonly duplicateOf: number | undefined;
    readonly givenBack: number;
    readonly moving: readonly Moving[];
  }
  /** On its way to a node, whoever still waits for the answer. */
  interface Call {
    readonly key: string;
    readonly amount: number;
    readonly at: number;
    /** The node whose duty it is; undefined: a client's. */
    readonly from?: number;
  }
  interface State {
    readonly nodes: readonly Node[];
    readonly calls: readonly Call[];
    readonly triesLeft: number;
    readonly asksLeft: number;
    readonly told: readonly string[];
  }
  interface Variant {
    readonly ignoresRefunds?: boolean;
    /** A reversed one names whichever stands by now, not the one that it was given back for. */
    readonly namesLatest?: boolean;
    /** A duty goes to whichever stands by now, whatever the one before has said. */
    readonly movesToLatest?: boolean;
    readonly looksForKeyLast?: boolean;
    readonly movesUnbounded?: boolean;
    readonly forgetsMoved?: boolean;
    /** Asking counts as moved. */
    readonly countsAsked?: boolean;
    readonly movesNothing?: boolean;
  }

  const amount = 2;
  const sum = (values: readonly { readonly amount: number }[]): number =>
    values.reduce((total, value) => total + value.amount, 0);

  const become = (state: State, at: number, changed: Partial<Node>): State => ({
    ...state,
    nodes: state.nodes.map((node, i) => (i === at ? { ...node, ...changed } : node)),
  });

  /** Which one stands, as far as the node can know: it has heard of all that are reversed. */
  function latest(state: State, at: number): number {
    const { duplicateOf } = state.nodes[at]!;
    return duplicateOf === undefined ? at : latest(state, duplicateOf);
  }

  function reverse(state: State, at: number, variant: Variant): Step<State>[] {
    const node = state.nodes[at]!;
    if (at === 0 || node.duplicateOf !== undefined) return [];
    const earlier = at === 1 ? [0] : [0, 1];
    return earlier.map((to) => {
      const moving = node.refunds.map(({ key, amount: minor }, i) => ({
        key: `${key}@${at}.${i}`,
        amount: minor,
        to,
        isAsked: false,
        isDone: variant.movesNothing === true,
      }));
      const givenBack = amount - (variant.ignoresRefunds ? 0 : sum(node.refunds));
      const changed = { duplicateOf: to, givenBack, moving };
      return [`node ${at + 1} gives back for ${to + 1}`, become(state, at, changed)] as const;
    });
  }

  type Answer = { readonly made: number } | { readonly goTo: number } | 'exceeded';

  /** One transaction at the node that keeps the pay-out. */
  function decide(state: State, call: Call, variant: Variant): readonly [State, Answer] {
    const { at, key, from } = call;
    const node = state.nodes[at]!;
    const isMoved = from !== undefined;
    const known = node.refunds.find((refund) => refund.key === key);
    const goTo = variant.namesLatest ? latest(state, at) : node.duplicateOf;
    const isReversed = node.duplicateOf !== undefined;
    if (isReversed && variant.looksForKeyLast) return [state, { goTo: goTo! }];
    if (known !== undefined && !(isMoved && variant.forgetsMoved)) {
      return [state, { made: known.amount }];
    }
    if (isReversed) return [state, { goTo: goTo! }];
    const left = amount - sum(node.refunds);
    if (!isMoved && call.amount > left) return [state, 'exceeded'];
    const made = isMoved && !variant.movesUnbounded ? Math.min(call.amount, left) : call.amount;
    if (made === 0) return [state, { made }];
    const refunds = [...node.refunds, { key, amount: made }];
    return [become(state, at, { refunds }), { made }];
  }

  function hear(state: State, call: Call, answer: Answer): State {
    const { key, from } = call;
    if (from === undefined) {
      if (typeof answer === 'object' && 'goTo' in answer) {
        return { ...state, calls: [...state.calls, { ...call, at: answer.goTo }] };
      }
      const word = answer === 'exceeded' ? answer : 'refunded';
      return { ...state, told: [...new Set([...state.told, `${key} ${word}`])].sort() };
    }
    const moving = state.nodes[from]!.moving.map((one) => {
      if (one.key !== key || one.isDone || answer === 'exceeded') return one;
      return 'goTo' in answer
        ? { ...one, to: answer.goTo, isAsked: false }
        : { ...one, isDone: true };
    });
    return become(state, from, { moving });
  }

  function deliver(state: State, variant: Variant): Step<State>[] {
    return state.calls.flatMap((call, i) => {
      const rest = { ...state, calls: state.calls.filter((_, other) => other !== i) };
      const [after, answer] = decide(rest, call, variant);
      const what = `${call.key} at node ${call.at + 1}`;
      const said = JSON.stringify(answer);
      return [
        [`${what}: ${said}, heard`, hear(after, call, answer)],
        [`${what}: ${said}, unheard`, unheard(after, call)],
        [`${what}: lost`, unheard(rest, call)],
      ] as const;
    });
  }

  /** A duty asks again, as long as it is not told. */
  function unheard(state: State, { key, from }: Call): State {
    if (from === undefined) return state;
    const moving = state.nodes[from]!.moving.map((one) =>
      one.key === key ? { ...one, isAsked: false } : one,
    );
    return become(state, from, { moving });
  }

  function move(state: State, at: number, variant: Variant): Step<State>[] {
    return state.nodes[at]!.moving.flatMap((one) => {
      if (one.isDone || one.isAsked) return [];
      const to = variant.movesToLatest ? latest(state, at) : one.to;
      const moving = state.nodes[at]!.moving.map((other) =>
        other === one ? { ...one, to, isAsked: true, isDone: variant.countsAsked === true } : other,
      );
      const call = { key: one.key, amount: one.amount, at: to, from: at };
      const asked = become(state, at, { moving });
      return [
        [
          `node ${at + 1} moves ${one.key} to ${to + 1}`,
          { ...asked, calls: [...state.calls, call] },
        ],
      ] as const;
    });
  }

  /** One client asks for a part of the last one, and repeats it; another for one of the first. */
  const clientsAsk = (state: State, wanted: number, wantedElsewhere: number): Step<State>[] => [
    ...(state.triesLeft > 0
      ? [
          [
            'K is asked for',
            {
              ...state,
              triesLeft: state.triesLeft - 1,
              calls: [...state.calls, { key: 'K', amount: wanted, at: 2 }],
            },
          ] as const,
        ]
      : []),
    ...(state.asksLeft > 0
      ? [0, 1].map(
          (at) =>
            [
              'L is asked for',
              {
                ...state,
                asksLeft: 0,
                calls: [...state.calls, { key: 'L', amount: wantedElsewhere, at }],
              },
            ] as const,
        )
      : []),
  ];

  const modelOf = (
    variant: Variant,
    { wanted = 1, wantedElsewhere = 1, tries = 2 } = {},
  ): Model<State> => ({
    initial: {
      nodes: [0, 1, 2].map(() => ({
        refunds: [],
        duplicateOf: undefined,
        givenBack: 0,
        moving: [],
      })),
      calls: [],
      triesLeft: tries,
      asksLeft: 1,
      told: [],
    },
    steps: (state) => [
      ...clientsAsk(state, wanted, wantedElsewhere),
      ...deliver(state, variant),
      ...[0, 1, 2].flatMap((at) => [...reverse(state, at, variant), ...move(state, at, variant)]),
    ],
    violationOf: (state) => {
      const { nodes, told } = state;
      for (const key of ['K', 'L']) {
        const times = nodes.flatMap(({ refunds }) => refunds).filter((one) => one.key === key);
        if (times.length > 1) return `${key} is refunded ${times.length} times`;
        if (times.length === 0 && told.includes(`${key} refunded`)) return `${key} was denied`;
      }
      if (nodes.some(({ refunds }) => sum(refunds) > amount)) return 'more is refunded than paid';
      const isQuiet =
        state.calls.length === 0 &&
        nodes.every(
          ({ duplicateOf, moving }, at) =>
            (at === 0 || duplicateOf !== undefined) && moving.every(({ isDone }) => isDone),
        );
      if (!isQuiet) return undefined;
      const net = nodes.reduce(
        (left, { refunds, givenBack }) => left + amount - givenBack - sum(refunds),
        0,
      );
      const asked = nodes.flatMap(({ refunds }) => refunds).filter(({ key }) => !key.includes('@'));
      const due = amount - Math.min(amount, sum(asked));
      return net === due ? undefined : `${net} is gone, should be ${due}`;
    },
  });

  test.each([
    { wanted: 1, wantedElsewhere: 1, tries: 2 },
    { wanted: 2, wantedElsewhere: 1, tries: 2 },
    { wanted: 2, wantedElsewhere: 2, tries: 1 },
  ])('give back what was asked for, once, and no more than one of them: %j', (asked) => {
    const { violation, states } = explore(modelOf({}, asked));
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(500);
  });

  test.each<[string, Variant, RegExp]>([
    ['a reversal gives back what was refunded, too', { ignoresRefunds: true }, /is gone/],
    ['a reversed one names whichever stands by now', { namesLatest: true }, /K is refunded 2/],
    ['a duty goes to whichever stands by now', { movesToLatest: true }, /is gone/],
    ['a node looks for a duplicate before the key', { looksForKeyLast: true }, /K is refunded 2/],
    ['what moves is not bounded', { movesUnbounded: true }, /more is refunded/],
    ['what has moved is forgotten', { forgetsMoved: true }, /is gone/],
    ['asking counts as moved', { countsAsked: true }, /is gone/],
    ['nothing moves', { movesNothing: true }, /is gone/],
  ])('would be wrong if %s', (_, variant, what) => {
    expect(explore(modelOf(variant, { wanted: 1, wantedElsewhere: 2 })).violation?.what).toMatch(
      what,
    );
  });
});
