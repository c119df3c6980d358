import { explore, type Model, type Step } from './explore.js';

// What two nodes do about a command id without a home that both have credited inside the replication delay (docs/key-homes.md).

describe('a command that two nodes have credited', () => {
  interface Node {
    /** looked: the statement has seen that no other node is known to have credited it. */
    readonly credit: 'none' | 'looked' | 'credited' | 'repeated';
    /** The other's entry: a row is what a look finds, packed is what has been applied. */
    readonly other: 'none' | 'packed' | 'row';
    readonly unpacking: 'none' | 'begun';
    readonly sealing: 'none' | 'begun' | 'committed';
    /** What the snapshots of the two comparisons have shown. */
    readonly sawOwn: boolean;
    readonly sawOther: boolean;
    /** Which nodes rows that are known here name as the later one of the pair. */
    readonly named: readonly [boolean, boolean];
    readonly taken: number;
  }
  interface State {
    readonly nodes: readonly [Node, Node];
    readonly lost: number | undefined;
  }
  interface Variant {
    /** Unpacking and sealing compare at the same time. */
    readonly comparesAtOnce?: boolean;
    readonly sealsUnseen?: boolean;
    readonly tellsNobody?: boolean;
    readonly creditsUnlooked?: boolean;
  }

  const fresh: Node = {
    credit: 'none',
    other: 'none',
    unpacking: 'none',
    sealing: 'none',
    sawOwn: false,
    sawOther: false,
    named: [false, false],
    taken: 0,
  };
  const later = 1;

  const change = (state: State, at: number, changed: Partial<Node>): State => {
    const [one, two] = state.nodes.map((node, i) => (i === at ? { ...node, ...changed } : node));
    return { ...state, nodes: [one!, two!] };
  };
  /** Whoever finds the pair says the same: the second one is the later. */
  const found = (node: Node, saw: boolean): Partial<Node> =>
    saw ? { named: [node.named[0], true] } : {};

  function credit(state: State, at: number, variant: Variant): Step<State>[] {
    const node = state.nodes[at]!;
    const steps: Step<State>[] = [];
    const step = (what: string, changed: Partial<Node>): void =>
      void steps.push([`node ${at + 1} ${what}`, change(state, at, changed)]);
    if (node.credit === 'none') {
      const isKnown = node.other === 'row' && !variant.creditsUnlooked;
      step('looks for the command', { credit: isKnown ? 'repeated' : 'looked' });
    }
    if (node.credit === 'looked') step('credits', { credit: 'credited' });
    const { credit: elsewhere } = state.nodes[1 - at]!;
    if (elsewhere === 'credited' && node.other === 'none' && state.lost === undefined) {
      step('has applied', { other: 'packed' });
    }
    return steps;
  }

  function compare(state: State, at: number, variant: Variant): Step<State>[] {
    const node = state.nodes[at]!;
    const steps: Step<State>[] = [];
    const step = (what: string, changed: Partial<Node>): void =>
      void steps.push([`node ${at + 1} ${what}`, change(state, at, changed)]);
    // What compares waits for what compares, and both begin with a snapshot of their own.
    const isFree = node.unpacking !== 'begun' && node.sealing !== 'begun';
    const mayCompare = isFree || variant.comparesAtOnce === true;
    if (node.other === 'packed' && node.unpacking === 'none' && mayCompare) {
      step('has made rows, and compares', {
        unpacking: 'begun',
        sawOwn: node.credit === 'credited',
      });
    }
    if (node.unpacking === 'begun') {
      step('has unpacked', { unpacking: 'none', other: 'row', ...found(node, node.sawOwn) });
      step('ends before it has', { unpacking: 'none' });
    }
    const seals = node.credit === 'credited' && !variant.sealsUnseen;
    if (seals && node.sealing === 'none' && mayCompare) {
      step('begins to seal', { sealing: 'begun', sawOther: node.other === 'row' });
    }
    if (node.sealing === 'begun') {
      step('has sealed', { sealing: 'committed', ...found(node, node.sawOther) });
      step('ends before it has sealed', { sealing: 'none' });
    }
    return steps;
  }

  function takeBack(state: State, at: number, variant: Variant): Step<State>[] {
    const node = state.nodes[at]!;
    const steps: Step<State>[] = [];
    const isTold = state.nodes[1 - at]!.named[1] && state.lost === undefined;
    if (isTold && !node.named[1] && !variant.tellsNobody) {
      steps.push([`node ${at + 1} hears of it`, change(state, at, found(node, true))]);
    }
    if (at === later && node.named[1] && node.taken === 0 && node.other === 'row') {
      steps.push([`node ${at + 1} takes it back`, change(state, at, { taken: 1 })]);
    }
    return steps;
  }

  const modelOf = (variant: Variant, mayBeLost = false): Model<State> => {
    const happening = (state: State): Step<State>[] =>
      [0, 1]
        .filter((at) => at !== state.lost)
        .flatMap((at) => [
          ...credit(state, at, variant),
          ...compare(state, at, variant),
          ...takeBack(state, at, variant),
        ]);
    return {
      initial: { nodes: [fresh, fresh], lost: undefined },
      steps: (state) => {
        const ends = [0, 1].map((at): Step<State> => [
          `node ${at + 1} is lost`,
          { ...state, lost: at },
        ]);
        return [...happening(state), ...(mayBeLost && state.lost === undefined ? ends : [])];
      },
      violationOf: (state) => {
        if (happening(state).length > 0) return undefined;
        const credited = state.nodes.filter((node) => node.credit === 'credited').length;
        if (state.lost !== undefined) {
          const left = state.nodes[1 - state.lost]!;
          return credited === 2 && left.other !== 'none' && !left.named[1]
            ? 'who is left has both, and does not see it'
            : undefined;
        }
        const net = credited - state.nodes[later].taken;
        return net === 1 ? undefined : `it has an effect of ${net}`;
      },
    };
  };

  test('has the effect of one, in whichever order statements, commits, arrivals and comparisons come', () => {
    const { violation, states } = explore(modelOf({}));
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(500);
  });

  test('is seen by whoever is left, should one be lost for good', () => {
    expect(explore(modelOf({}, true)).violation).toBeUndefined();
  });

  test('has the effect of one though nobody looks before', () => {
    expect(explore(modelOf({ creditsUnlooked: true })).violation).toBeUndefined();
  });

  test.each<[string, Variant]>([
    ['no seal looks, and nobody tells', { sealsUnseen: true, tellsNobody: true }],
    ['both compare at once, and nobody tells', { comparesAtOnce: true, tellsNobody: true }],
  ])('would be wrong if %s', (_, variant) => {
    expect(explore(modelOf(variant)).violation?.what).toMatch(/an effect of 2/);
  });

  test.each<[string, Variant]>([
    ['no seal looks', { sealsUnseen: true }],
    ['both compare at once', { comparesAtOnce: true }],
  ])('would be missed by who is left if %s', (_, variant) => {
    expect(explore(modelOf(variant)).violation).toBeUndefined();
    expect(explore(modelOf(variant, true)).violation?.what).toMatch(/does not see/);
  });
});

describe('a clawback', () => {
  interface Call {
    readonly key: number;
    readonly wanted: number;
  }
  interface State {
    /** What the account has; its customer spends it, too, and gets more. */
    readonly money: number;
    readonly spent: number;
    readonly income: number;
    /** What the row says: pay-outs that it counts, and what they have taken. */
    readonly booked: number;
    readonly taken: number;
    /** Pay-outs by key, as they were made. */
    readonly paid: readonly number[];
    /** Each of two callers has asked the row, and then sent its pay-out. A call that is sent comes, whatever becomes of its caller. */
    readonly asked: readonly (Call | undefined)[];
    readonly sent: readonly Call[];
    readonly calls: number;
  }
  interface Variant {
    readonly isKeyOfTry?: boolean;
    readonly booksWanted?: boolean;
  }

  const amount = 2;
  const callsMax = 4;

  /** try_clawbacks: counts what the pay-out under the row's key has taken, and says what to take next. */
  function ask(state: State, caller: number, variant: Variant): State {
    const made = state.paid[state.booked];
    const counted = variant.booksWanted ? (state.asked[caller]?.wanted ?? made) : made;
    const isMade = made !== undefined;
    const booked = state.booked + (isMade || variant.isKeyOfTry ? 1 : 0);
    const taken = state.taken + (isMade ? counted! : 0);
    const wanted = Math.min(amount - taken, state.money);
    const asked = state.asked.map((call, i) =>
      i === caller ? (wanted > 0 ? { key: booked, wanted } : undefined) : call,
    );
    return { ...state, booked, taken, asked };
  }

  const modelOf = (variant: Variant): Model<State> => ({
    initial: {
      money: 3,
      spent: 0,
      income: 0,
      booked: 0,
      taken: 0,
      paid: [],
      asked: [undefined, undefined],
      sent: [],
      calls: 0,
    },
    steps: (state) => {
      const steps: Step<State>[] = [];
      if (state.spent < 2 && state.money > 0) {
        steps.push([
          'the customer spends',
          { ...state, money: state.money - 1, spent: state.spent + 1 },
        ]);
      }
      if (state.income < 1) {
        steps.push(['money comes', { ...state, money: state.money + 1, income: state.income + 1 }]);
      }
      for (const caller of [0, 1]) {
        const next = ask(state, caller, variant);
        if (state.calls < callsMax || next.booked > state.booked) {
          steps.push([`caller ${caller + 1} asks the row`, next]);
        }
        const call = state.asked[caller];
        if (call !== undefined && state.calls < callsMax) {
          const asked = state.asked.map((one, i) => (i === caller ? undefined : one));
          const sent = [...state.sent, call];
          steps.push([
            `caller ${caller + 1} sends its pay-out`,
            { ...state, asked, sent, calls: state.calls + 1 },
          ]);
        }
      }
      state.sent.forEach(({ key, wanted }, i) => {
        const sent = state.sent.filter((_, index) => index !== i);
        const isFree = state.paid[key] === undefined;
        const paid = [...state.paid];
        if (isFree && wanted <= state.money) paid[key] = wanted;
        const money = state.money - (isFree && wanted <= state.money ? wanted : 0);
        steps.push([`the pay-out under key ${key} comes`, { ...state, sent, paid, money }]);
      });
      return steps;
    },
    violationOf: (state) => {
      const paid = state.paid.reduce((sum, minor) => sum + (minor ?? 0), 0);
      if (paid > amount) return `${paid} of ${amount} are taken`;
      const isCounted = state.sent.length === 0 && state.paid[state.booked] === undefined;
      return isCounted && paid !== state.taken
        ? `${paid} are taken, and the row says ${state.taken}`
        : undefined;
    },
  });

  test('takes what there is, and never more than was credited twice, whoever calls, and whenever calls come', () => {
    const { violation, states } = explore(modelOf({}));
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(1_000);
  });

  test.each<[string, Variant, RegExp]>([
    ['each try had a key of its own', { isKeyOfTry: true }, /3 of 2|4 of 2|row says/],
    ['what was wanted were counted', { booksWanted: true }, /row says/],
  ])('would be wrong if %s', (_, variant, what) => {
    expect(explore(modelOf(variant)).violation?.what).toMatch(what);
  });
});
