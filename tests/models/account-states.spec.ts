import { explore, type Model, type Step } from './explore.js';

// An account that is frozen and thawed at its home, node 1, while both nodes pay out and node 2 is a donor (docs/accounts.md).

describe('an account that is frozen while it is paid out of', () => {
  interface Row {
    readonly version: number;
    readonly frozen: boolean;
  }
  /** A pay-out, a reserve or the decision of a drain: it looks at the account, and commits with the part locked. */
  type Debit = 'none' | 'to come' | 'looked' | 'paid' | 'refused';
  interface Node {
    readonly row: Row;
    /** Whoever locks the part looks again. */
    readonly isMarked: boolean;
    /** The node has said that it obeys this version. Those that freeze are odd. */
    readonly confirmed: number;
    readonly payOut: Debit;
  }
  /** Of the drain that node 1 decides. */
  interface Drain {
    readonly reserve: Debit;
    readonly decision: Debit;
  }
  type PayIn = 'to come' | 'parked' | 'credited' | 'lost';
  interface State {
    readonly home: Node;
    readonly other: Node;
    readonly drain: Drain;
    /** To node 2, in order. */
    readonly sent: readonly Row[];
    /** Rows of before that a copy brings late. */
    readonly late: readonly Row[];
    readonly acts: readonly ('freeze' | 'thaw' | 'freeze again')[];
    readonly payIn: PayIn;
    readonly broken: string | undefined;
  }
  interface Variant {
    readonly trustsLook?: boolean;
    readonly takesOlder?: boolean;
    readonly confirmsUnheard?: boolean;
    readonly donorPays?: boolean;
    readonly decidesRegardless?: boolean;
    readonly forgetsKeys?: boolean;
    readonly buriesWaiting?: boolean;
    readonly forgetsParked?: boolean;
  }

  const open: Row = { version: 0, frozen: false };
  const fresh: Node = { row: open, isMarked: false, confirmed: 0, payOut: 'to come' };
  const initial: State = {
    home: fresh,
    other: fresh,
    drain: { reserve: 'to come', decision: 'none' },
    sent: [],
    late: [open, { version: 1, frozen: true }],
    acts: ['freeze', 'thaw', 'freeze again'],
    payIn: 'to come',
    broken: undefined,
  };

  /** It commits: nothing that the state which the node has confirmed refuses, until a later one is there. */
  const judged = (state: State, node: Node, what: string): State =>
    node.confirmed % 2 === 1 && node.row.version <= node.confirmed
      ? { ...state, broken: `${what} behind a confirmed freeze` }
      : state;
  const isRefused = (node: Node, trusts = false): boolean =>
    node.isMarked && !trusts && node.row.frozen;

  function act(state: State, variant: Variant): Step<State>[] {
    const [next, ...acts] = state.acts;
    if (next === undefined) return [];
    // The key of the first one: what became of it stands.
    if (next === 'freeze again' && variant.forgetsKeys !== true)
      return [[next, { ...state, acts }]];
    const row = { version: state.home.row.version + 1, frozen: next !== 'thaw' };
    const home = { ...state.home, row, isMarked: row.frozen, confirmed: row.version };
    const payIn =
      variant.forgetsParked && !row.frozen && state.payIn === 'parked' ? 'lost' : state.payIn;
    return [[next, { ...state, acts, home, payIn, sent: [...state.sent, row] }]];
  }

  function arrive(state: State, variant: Variant): Step<State>[] {
    const steps: Step<State>[] = [];
    const taking = (row: Row): State => {
      const isOlder = row.version < state.other.row.version;
      return isOlder && variant.takesOlder !== true
        ? state
        : { ...state, other: { ...state.other, row } };
    };
    const [row, ...sent] = state.sent;
    if (row !== undefined) steps.push(['its row arrives', { ...taking(row), sent }]);
    for (const older of state.late) {
      if (older.version >= state.home.row.version) continue;
      const late = state.late.filter((one) => one !== older);
      steps.push([`row ${older.version} arrives late`, { ...taking(older), late }]);
    }
    return steps;
  }

  function confirm(state: State, variant: Variant): Step<State>[] {
    const { row } = state.other;
    const version = variant.confirmsUnheard ? state.home.row.version : row.version;
    if (version === 0 || version < state.home.row.version || state.other.confirmed === version)
      return [];
    const other = { ...state.other, confirmed: version, isMarked: row.frozen };
    const broken =
      row.frozen === state.home.row.frozen ? state.broken : 'confirmed what it does not obey';
    return [['node 2 confirms', { ...state, other, broken }]];
  }

  function payOut(state: State, at: 'home' | 'other', variant: Variant): Step<State>[] {
    const node = state[at];
    const become = (payOut: Debit): State => ({ ...state, [at]: { ...node, payOut } });
    if (node.payOut === 'to come') {
      return [[`${at} looks`, become(node.row.frozen ? 'refused' : 'looked')]];
    }
    if (node.payOut !== 'looked') return [];
    return isRefused(node, variant.trustsLook)
      ? [[`${at} refuses`, become('refused')]]
      : [[`${at} pays`, judged(become('paid'), node, 'a pay-out')]];
  }

  function drain(state: State, variant: Variant): Step<State>[] {
    const { reserve, decision } = state.drain;
    const become = (changed: Partial<Drain>): State => ({
      ...state,
      drain: { ...state.drain, ...changed },
    });
    if (reserve === 'to come') {
      // Looked at behind the lock, whatever is marked.
      return state.other.row.frozen && variant.donorPays !== true
        ? [['the donor refuses', become({ reserve: 'refused', decision: 'refused' })]]
        : [
            [
              'the donor reserves',
              judged(become({ reserve: 'paid', decision: 'to come' }), state.other, 'a reserve'),
            ],
          ];
    }
    if (decision !== 'to come') return [];
    return state.home.row.frozen && variant.decidesRegardless !== true
      ? [['the drain is refused', become({ decision: 'refused' })]]
      : [['the drain is paid', judged(become({ decision: 'paid' }), state.home, 'a drain')]];
  }

  function payIn(state: State, variant: Variant): Step<State>[] {
    const { frozen } = state.other.row;
    if (state.payIn === 'to come') {
      return [['the pay-in comes', { ...state, payIn: frozen ? 'parked' : 'credited' }]];
    }
    if (state.payIn !== 'parked') return [];
    if (!frozen) return [['the pay-in is credited', { ...state, payIn: 'credited' }]];
    return variant.buriesWaiting ? [['its time is over', { ...state, payIn: 'lost' }]] : [];
  }

  const modelOf = (variant: Variant): Model<State> => ({
    initial,
    steps: (state) => [
      ...act(state, variant),
      ...arrive(state, variant),
      ...confirm(state, variant),
      ...payOut(state, 'home', variant),
      ...payOut(state, 'other', variant),
      ...drain(state, variant),
      ...payIn(state, variant),
    ],
    violationOf: (state, isEnd) => {
      if (state.broken !== undefined) return state.broken;
      if (state.payIn === 'lost') return 'a pay-in is lost';
      if (!isEnd) return undefined;
      if (state.other.row.frozen || state.home.row.frozen)
        return 'frozen again by a late repeat, or an older row';
      return state.payIn === 'credited' ? undefined : 'a pay-in waits for ever';
    },
  });

  test('nothing is debited where a freeze is confirmed, and nothing that comes is lost', () => {
    const { violation, states } = explore(modelOf({}));
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(1_000);
  });

  test.each<[string, Variant, string]>([
    [
      'a pay-out trusts what it saw before the lock',
      { trustsLook: true },
      'a pay-out behind a confirmed freeze',
    ],
    ['an older row overwrites a later one', { takesOlder: true }, 'behind a confirmed freeze'],
    [
      'a node confirms what has not arrived',
      { confirmsUnheard: true },
      'confirmed what it does not obey',
    ],
    ['a donor gives all the same', { donorPays: true }, 'a reserve behind a confirmed freeze'],
    [
      'a drain that has begun is paid',
      { decidesRegardless: true },
      'a drain behind a confirmed freeze',
    ],
    ['a key is forgotten', { forgetsKeys: true }, 'frozen again by a late repeat, or an older row'],
    ['a pay-in is buried like one of no account', { buriesWaiting: true }, 'a pay-in is lost'],
    ['a thaw forgets what waits', { forgetsParked: true }, 'a pay-in is lost'],
  ])('it goes wrong if %s', (_, variant, what) => {
    const { violation } = explore(modelOf(variant));
    expect(violation?.what).toContain(what);
    expect(violation?.way.length).toBeGreaterThan(0);
  });
});
