import { explore, type Model, type Step } from './explore.js';

// docs/batches.md says what these steps are in SQL.

describe('copies of balances', () => {
  interface Balance {
    readonly minor: number;
    readonly version: number;
  }
  type Balances = Readonly<Record<string, Balance>>;
  interface Batch {
    readonly id: number;
    readonly balances: Balances;
  }
  interface Writer {
    readonly id: number;
    readonly left: readonly string[];
    readonly batch: Balances;
    readonly state: 'new' | 'open' | 'over';
  }
  interface State {
    readonly nextId: number;
    readonly writers: readonly Writer[];
    /** As committed. */
    readonly home: Balances;
    /** In the order of commits. */
    readonly stream: readonly Batch[];
    readonly copy: Balances;
    /** Slot and snapshot of the first copy: the number of commits before it. */
    readonly slotAt: number | undefined;
    readonly toCopy: { readonly balances?: Balances; readonly batches?: readonly Batch[] };
    readonly applied: readonly number[];
    readonly violation?: string;
  }
  interface Variant {
    /** Batches are applied in the order of their ids, as a reader that polls for larger ids would. */
    readonly byId?: boolean;
    /** The trigger unpacks what a first copy writes, too. */
    readonly unpacksCopy?: boolean;
    /** A batch overwrites whatever version is there. */
    readonly overwrites?: boolean;
  }

  const none: Balance = { minor: 0, version: 0 };

  function unpack(state: State, batch: Batch, { overwrites }: Variant): State {
    const copy = { ...state.copy };
    let { violation } = state;
    for (const [account, balance] of Object.entries(batch.balances)) {
      const known = copy[account] ?? none;
      if (balance.version > known.version || overwrites) copy[account] = balance;
      if (copy[account]!.version < known.version)
        violation = `account ${account} goes back in time`;
    }
    return { ...state, copy, ...(violation !== undefined && { violation }) };
  }

  /** Locks are held until the commit: an account that an open writer has changed is not to be had. */
  function write(state: State, at: number): Step<State>[] {
    const writer = state.writers[at]!;
    const replace = (changed: Partial<Writer>): readonly Writer[] =>
      state.writers.map((one, i) => (i === at ? { ...one, ...changed } : one));
    if (writer.state === 'new') {
      const writers = replace({ state: 'open', id: state.nextId });
      return [
        [`writer ${at} takes id ${state.nextId}`, { ...state, nextId: state.nextId + 1, writers }],
      ];
    }
    if (writer.state === 'over') return [];
    const [account] = writer.left;
    if (account === undefined) {
      const stream = [...state.stream, { id: writer.id, balances: writer.batch }];
      const home = { ...state.home, ...writer.batch };
      return [
        [`writer ${at} commits`, { ...state, home, stream, writers: replace({ state: 'over' }) }],
      ];
    }
    if (state.writers.some((one, i) => i !== at && one.state === 'open' && account in one.batch))
      return [];
    const { minor, version } = state.home[account] ?? none;
    const batch = { ...writer.batch, [account]: { minor: minor + 1 + at, version: version + 1 } };
    return [
      [
        `writer ${at} changes ${account}`,
        { ...state, writers: replace({ left: writer.left.slice(1), batch }) },
      ],
    ];
  }

  function replicate(state: State, variant: Variant): Step<State>[] {
    if (state.slotAt === undefined) {
      const toCopy = { balances: state.home, batches: state.stream };
      return [['the first copy begins', { ...state, slotAt: state.stream.length, toCopy }]];
    }
    const steps: Step<State>[] = [];
    const { balances, batches } = state.toCopy;
    if (balances !== undefined) {
      const isTwice = Object.keys(balances).some((account) => account in state.copy);
      const copied = { ...state, copy: { ...state.copy, ...balances } };
      const left = batches === undefined ? {} : { batches };
      steps.push([
        'balances are copied',
        { ...copied, toCopy: left, ...(isTwice && { violation: 'a copied row is there already' }) },
      ]);
    }
    if (batches !== undefined) {
      let after: State = { ...state, toCopy: balances === undefined ? {} : { balances } };
      if (variant.unpacksCopy) for (const batch of batches) after = unpack(after, batch, variant);
      steps.push(['batches are copied', after]);
    }
    if (balances !== undefined || batches !== undefined) return steps;
    const waiting = state.stream
      .slice(state.slotAt)
      .filter(
        ({ id }) =>
          !state.applied.includes(id) && !(variant.byId && state.applied.some((done) => done > id)),
      );
    const next = variant.byId ? waiting.sort((a, b) => a.id - b.id)[0] : waiting[0];
    if (next === undefined) return steps;
    const applied = [...state.applied, next.id];
    steps.push([`batch ${next.id} is applied`, unpack({ ...state, applied }, next, variant)]);
    return steps;
  }

  const modelOf = (variant: Variant): Model<State> => ({
    initial: {
      nextId: 1,
      writers: [['a', 'b'], ['a'], ['b']].map((left) => ({ id: 0, left, batch: {}, state: 'new' })),
      home: {},
      stream: [],
      copy: {},
      slotAt: undefined,
      toCopy: {},
      applied: [],
    },
    steps: (state) => [
      ...state.writers.flatMap((_, at) => write(state, at)),
      ...replicate(state, variant),
    ],
    violationOf: (state, isEnd) => {
      if (state.violation !== undefined) return state.violation;
      const same = JSON.stringify(sorted(state.copy)) === JSON.stringify(sorted(state.home));
      return isEnd && !same ? 'the copy differs from its source for good' : undefined;
    },
  });

  test('equal their source at every end, whatever was copied first and whoever committed when', () => {
    const { violation, states, ends } = explore(modelOf({}));
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(1_000);
    expect(ends).toBeGreaterThan(10);
  });

  test.each<[string, Variant, RegExp]>([
    ['ids in place of the order of commits', { byId: true }, /differs from its source/],
    ['a trigger that unpacks what a first copy writes', { unpacksCopy: true }, /there already/],
    [
      'that, and a batch that writes over a newer version',
      { unpacksCopy: true, overwrites: true },
      /back in time|there already/,
    ],
  ])('would be wrong with %s', (_, variant, what) => {
    expect(explore(modelOf(variant)).violation?.what).toMatch(what);
  });

  test('need no version while the order is that of commits: it is what a second way in would need', () => {
    expect(explore(modelOf({ overwrites: true })).violation).toBeUndefined();
  });
});

describe('the switch from rows to batches', () => {
  const tables = ['log', 'balances'] as const;
  type Table = (typeof tables)[number];
  interface Forms {
    /** Sent as rows. */
    readonly inSet: boolean;
    /** Packed by triggers. */
    readonly packs: boolean;
  }
  interface Writer {
    readonly left: readonly Table[];
    readonly sent: readonly string[];
    readonly state: 'open' | 'over';
    /** What a writer that decides for itself has read. */
    readonly read?: Forms;
  }
  interface State {
    readonly forms: Forms;
    readonly writers: readonly Writer[];
    readonly toSwitch: readonly Partial<Forms>[];
  }
  interface Variant {
    /** Not in one transaction: first the one, then the other. */
    readonly inTwo?: readonly Partial<Forms>[];
    /** Writers read which form holds before they have a lock, and go by that. */
    readonly readsFirst?: boolean;
  }

  const inOne: readonly Partial<Forms>[] = [{ inSet: false, packs: true }];

  const modelOf = ({ inTwo, readsFirst }: Variant): Model<State> => ({
    initial: {
      forms: { inSet: true, packs: false },
      writers: [
        { left: ['log', 'balances'], sent: [], state: 'open' },
        { left: ['balances', 'log'], sent: [], state: 'open' },
      ],
      toSwitch: inTwo ?? inOne,
    },
    steps: (state) => {
      const steps: Step<State>[] = [];
      for (const [at, writer] of state.writers.entries()) {
        const replace = (changed: Partial<Writer>): State => ({
          ...state,
          writers: state.writers.map((one, i) => (i === at ? { ...one, ...changed } : one)),
        });
        if (writer.state === 'over') continue;
        if (readsFirst && writer.read === undefined) {
          steps.push([`writer ${at} reads`, replace({ read: state.forms })]);
          continue;
        }
        const [table] = writer.left;
        if (table === undefined) {
          steps.push([`writer ${at} commits`, replace({ state: 'over' })]);
          continue;
        }
        // What is in a set is sent whatever the writer thinks.
        const packs = writer.read?.packs ?? state.forms.packs;
        const sent = [
          ...(state.forms.inSet ? [`${table} row`] : []),
          ...(packs ? [`${table} packed`] : []),
        ];
        steps.push([
          `writer ${at} writes ${table}`,
          replace({ left: writer.left.slice(1), sent: [...writer.sent, ...sent] }),
        ]);
      }
      // A lock that writers hold from their first write to their commit, on both tables, got at once or not at all.
      const isFree = state.writers.every(
        ({ state: is, left }) => is === 'over' || left.length === 2,
      );
      const [next, ...rest] = state.toSwitch;
      if (next !== undefined && isFree) {
        steps.push([
          'the switch',
          { ...state, forms: { ...state.forms, ...next }, toSwitch: rest },
        ]);
      }
      return steps;
    },
    violationOf: ({ writers }) => {
      for (const { sent, state } of writers) {
        if (state !== 'over') continue;
        for (const table of tables) {
          const times = sent.filter((one) => one.startsWith(`${table} `)).length;
          if (times !== 1) return `a change of the ${table} is sent ${times} times`;
        }
      }
      return undefined;
    },
  });

  test('sends each change once, in one form, as triggers and the set change under one lock', () => {
    const { violation, ends } = explore(modelOf({}));
    expect(violation).toBeUndefined();
    expect(ends).toBeGreaterThan(0);
  });

  test.each<[string, Variant, RegExp]>([
    [
      'triggers first, the set later',
      { inTwo: [{ packs: true }, { inSet: false }] },
      /sent 2 times/,
    ],
    [
      'the set first, triggers later',
      { inTwo: [{ inSet: false }, { packs: true }] },
      /sent 0 times/,
    ],
    ['writers that read the form before they have a lock', { readsFirst: true }, /sent 0 times/],
  ])('would be wrong with %s', (_, variant, what) => {
    expect(explore(modelOf(variant)).violation?.what).toMatch(what);
  });
});

function sorted(record: Readonly<Record<string, object>>): object {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => a.localeCompare(b)));
}
