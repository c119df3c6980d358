import { explore, type Model, type Step } from './explore.js';

// What two nodes do about a key without a home that both have paid inside the replication delay (docs/key-homes.md).

describe('a key that two nodes have paid', () => {
  type Transaction = 'none' | 'begun' | 'committed';
  interface Node {
    /** looked: the transaction has seen that no other node is known to have paid, and is open. */
    readonly pay: 'none' | 'looked' | 'paid' | 'repeated';
    readonly refunded: number;
    readonly reversed: number;
    /** The other's batch. */
    readonly arrival: Transaction;
    /** Looks for a pair, each with what its snapshot shows of the other side. */
    readonly ofArrived: Transaction;
    readonly ofOwn: Transaction;
    readonly sawOwn: boolean;
    readonly sawArrived: boolean;
    /** Which nodes rows that are known here name as the later one of the pair. */
    readonly named: readonly [boolean, boolean];
  }
  interface State {
    readonly nodes: readonly [Node, Node];
    /** The first has forgotten the key by its age before the second was asked. */
    readonly isLate: boolean;
    /** A node that is gone for good: nothing happens there, and what has not come from there never will. */
    readonly lost: number | undefined;
  }
  interface Variant {
    /** The other's batch is compared in the transaction that applies it. */
    readonly comparesInApply?: boolean;
    readonly comparesNoOwn?: boolean;
    /** Who finds a pair keeps it to itself. */
    readonly tellsNobody?: boolean;
    /** Takes back all that was paid, whatever was refunded of it. */
    readonly ignoresRefund?: boolean;
    readonly ignoresTime?: boolean;
    /** That a stretch was compared is noted before it is. */
    readonly notesFirst?: boolean;
    /** The first was refused before, and its payment is told with the time of its second try. */
    readonly tellsAnotherTime?: boolean;
    /** Gives back whenever it hears of the pair. */
    readonly reversesAgain?: boolean;
    /** Gives back what the one that stands has paid. */
    readonly givesBackOther?: boolean;
  }

  /** What each has paid: up to an amount, two nodes may have paid two under one key. */
  const amounts = [3, 2] as const;
  const fresh: Node = {
    pay: 'none',
    refunded: 0,
    reversed: 0,
    arrival: 'none',
    ofArrived: 'none',
    ofOwn: 'none',
    sawOwn: false,
    sawArrived: false,
    named: [false, false],
  };
  /** When each has paid: the first stands. */
  const times = [0, 1] as const;
  const loser = 1;

  function become(state: State, at: number, changed: Partial<Node>): State {
    const [one, two] = state.nodes.map((node, i) => (i === at ? { ...node, ...changed } : node));
    return { ...state, nodes: [one!, two!] };
  }

  /** Each compares its own time with what the other has told. */
  function compare(state: State, at: number, variant: Variant, saw: boolean): Partial<Node> {
    const isPair = saw && (!state.isLate || variant.ignoresTime === true);
    if (!isPair) return {};
    const told = variant.tellsAnotherTime ? [2, 1] : times;
    const isOwnFirst = times[at]! < told[1 - at]!;
    const named = [...state.nodes[at]!.named] as [boolean, boolean];
    named[isOwnFirst ? 1 - at : at] = true;
    return { named };
  }

  function payAndArrive(state: State, at: number, variant: Variant): Step<State>[] {
    const node = state.nodes[at]!;
    const other = state.nodes[1 - at]!;
    const steps: Step<State>[] = [];
    const step = (what: string, changed: Partial<Node>): void =>
      void steps.push([`node ${at + 1} ${what}`, become(state, at, changed)]);
    if (node.pay === 'none') {
      const isKnown = node.arrival === 'committed' && !state.isLate;
      step('looks for the key', { pay: isKnown ? 'repeated' : 'looked' });
    }
    if (node.pay === 'looked') step('pays', { pay: 'paid' });
    if (other.pay === 'paid' && node.arrival === 'none' && state.lost === undefined) {
      step('begins to apply', { arrival: 'begun', sawOwn: node.pay === 'paid' });
    }
    if (node.arrival === 'begun') {
      const found = variant.comparesInApply ? compare(state, at, variant, node.sawOwn) : {};
      const done = variant.comparesInApply ? { ofArrived: 'committed' as const } : {};
      step('has applied', { arrival: 'committed', ...done, ...found });
    }
    return steps;
  }

  function look(state: State, at: number, variant: Variant): Step<State>[] {
    const node = state.nodes[at]!;
    const steps: Step<State>[] = [];
    const step = (what: string, changed: Partial<Node>): void =>
      void steps.push([`node ${at + 1} ${what}`, become(state, at, changed)]);
    if (node.arrival === 'committed' && node.ofArrived === 'none') {
      step('begins to compare what has come', {
        ofArrived: 'begun',
        sawOwn: node.pay === 'paid',
      });
    }
    if (node.ofArrived === 'begun') {
      const found = compare(state, at, variant, node.sawOwn);
      step('has compared what has come', { ofArrived: 'committed', ...found });
      step('ends before it has', { ofArrived: variant.notesFirst ? 'committed' : 'none' });
    }
    if (node.pay === 'paid' && node.ofOwn === 'none' && !variant.comparesNoOwn) {
      step('begins to seal', { ofOwn: 'begun', sawArrived: node.arrival === 'committed' });
    }
    if (node.ofOwn === 'begun') {
      step('has sealed', {
        ofOwn: 'committed',
        ...compare(state, at, variant, node.sawArrived),
      });
    }
    return steps;
  }

  function undo(state: State, at: number, variant: Variant): Step<State>[] {
    const node = state.nodes[at]!;
    const steps: Step<State>[] = [];
    const step = (what: string, changed: Partial<Node>): void =>
      void steps.push([`node ${at + 1} ${what}`, become(state, at, changed)]);
    const heard = state.nodes[1 - at]!.named;
    const isNew = heard.some((is, i) => is && !node.named[i]) && state.lost === undefined;
    if (isNew && !variant.tellsNobody) {
      step('hears of the pair', { named: [heard[0] || node.named[0], heard[1] || node.named[1]] });
    }
    if (node.pay !== 'paid') return steps;
    if (at === loser && node.refunded === 0 && node.reversed === 0) {
      step('refunds a part', { refunded: 1 });
    }
    const amount = amounts[variant.givesBackOther ? 1 - at : at]!;
    const isDone = node.reversed > 0 && (!variant.reversesAgain || node.reversed > amount);
    if (node.named[at] && !isDone) {
      const left = amount - (variant.ignoresRefund ? 0 : node.refunded);
      step('gives back', { reversed: node.reversed + left });
    }
    return steps;
  }

  const happening = (state: State, variant: Variant): Step<State>[] =>
    [0, 1]
      .filter((at) => at !== state.lost)
      .flatMap((at) => [
        ...payAndArrive(state, at, variant),
        ...look(state, at, variant),
        ...undo(state, at, variant),
      ]);

  const modelOf = (variant: Variant, mayBeLost = false): Model<State> => ({
    initial: { nodes: [fresh, fresh], isLate: false, lost: undefined },
    steps: (state) => {
      const steps = happening(state, variant);
      const [one, two] = state.nodes;
      if (one.pay === 'paid' && two.pay === 'none' && !state.isLate) {
        steps.push(['the time of keys is over', { ...state, isLate: true }]);
      }
      if (mayBeLost && state.lost === undefined) {
        steps.push(
          ...[0, 1].map((at): Step<State> => [`node ${at + 1} is lost`, { ...state, lost: at }]),
        );
      }
      return steps;
    },
    violationOf: (state) => {
      const { nodes, isLate } = state;
      const net = nodes.reduce(
        (sum, { pay, refunded, reversed }, at) =>
          sum + (pay === 'paid' ? amounts[at]! : 0) - refunded - reversed,
        0,
      );
      // But for refunds, which nobody has to ask for, and the time.
      const isQuiet = happening(state, variant).every(([name]) => name.includes('refunds'));
      if (!isQuiet) return undefined;
      const both = nodes.every(({ pay }) => pay === 'paid');
      if (state.lost !== undefined) {
        const left = nodes[1 - state.lost]!;
        const isSeen = both && left.arrival === 'committed' && !isLate;
        return isSeen && !left.named.includes(true)
          ? 'who is left has both, and does not see it'
          : undefined;
      }
      const refunded = nodes[loser].refunded;
      if (both && !isLate && net !== amounts[0]) return `both paid, and ${net} is gone`;
      if (both && isLate && net !== amounts[0] + amounts[1] - refunded)
        return 'two payments, one taken back';
      return undefined;
    },
  });

  test('is in effect paid once, in whichever order transactions begin, commit, arrive and are compared', () => {
    const { violation, states } = explore(modelOf({}));
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(500);
  });

  test('is seen by whoever is left, should one be lost for good', () => {
    expect(explore(modelOf({}, true)).violation).toBeUndefined();
  });

  test.each<[string, Variant, RegExp]>([
    ['refunds are not subtracted', { ignoresRefund: true }, /both paid/],
    ['the time of keys is no matter', { ignoresTime: true }, /taken back/],
    [
      'a payment is told with another time than its row has',
      { tellsAnotherTime: true },
      /both paid, and 0/,
    ],
    ['it gave back what the other one paid', { givesBackOther: true }, /both paid/],
    ['the loser gives back at each hearing', { reversesAgain: true }, /both paid/],
    [
      'a comparison is noted before it is made',
      { notesFirst: true, comparesNoOwn: true },
      /both paid/,
    ],
    // Each node finds a pair by itself: of two who both look, one may miss it, and of one who looks twice, neither.
    [
      'own ones are not compared, and nobody tells',
      { comparesNoOwn: true, tellsNobody: true },
      /both paid/,
    ],
    [
      'it is compared while it is applied, and nobody tells',
      { comparesInApply: true, tellsNobody: true },
      /both paid/,
    ],
  ])('would be wrong if %s', (_, variant, what) => {
    expect(explore(modelOf(variant)).violation?.what).toMatch(what);
  });

  test.each<[string, Variant]>([
    ['own ones are not compared', { comparesNoOwn: true }],
    ['what comes is compared while it is applied', { comparesInApply: true }],
  ])('would be missed by who is left if %s', (_, variant) => {
    expect(explore(modelOf(variant)).violation).toBeUndefined();
    expect(explore(modelOf(variant, true)).violation?.what).toMatch(/does not see/);
  });
});
