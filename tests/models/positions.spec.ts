import { explore, type Model, type Step } from './explore.js';

// What another node takes for arrived of a node's batches, whose numbers are taken before commits (docs/positions.md).

describe('the position of a batch', () => {
  interface Transaction {
    /** locked: it has the sequence's lock, and no number yet; sent: committed, and its lock not yet let go. */
    readonly phase: 'none' | 'locked' | 'numbered' | 'sent' | 'over';
    readonly id: number;
    /** Somebody was told its position. */
    readonly isTold: boolean;
  }
  /** What is sent, in the order of commits: a batch, or a heartbeat. */
  type Sent = { readonly batch: number } | { readonly ended: number };
  interface Beat {
    readonly lastId: number | undefined;
    readonly writers: readonly number[] | undefined;
  }
  interface State {
    readonly transactions: readonly Transaction[];
    readonly lastId: number;
    readonly log: readonly Sent[];
    readonly beat: Beat | undefined;
    /** This node's own way to `ended`: a number, and who had the lock when it was the last. */
    readonly seen: { readonly lastId: number; readonly writers: readonly number[] };
    readonly ended: number;
    /** At the other node. */
    readonly applied: number;
    readonly data: readonly number[];
    readonly packed: readonly number[];
    readonly listed: readonly number[];
    readonly knownEnded: number;
    /** Told, and then lost by a restore. */
    readonly lost: readonly number[];
    readonly isCopied: boolean;
    readonly isRestored: boolean;
  }
  interface Variant {
    /** Whatever lies below the largest number that has come. */
    readonly goesByLargest?: boolean;
    readonly looksForWritersFirst?: boolean;
    readonly waitsForNobody?: boolean;
    /** What has ended is told past the order of commits. */
    readonly tellsBesides?: boolean;
    /** Nobody says that the node was restored. */
    readonly keepsIncarnation?: boolean;
    /** What has ended covers incarnations of before. */
    readonly endsEarlier?: boolean;
    /** The list is pruned, and nothing says what has ended. */
    readonly forgetsEnded?: boolean;
  }

  const numbers = 10;
  const incarnationOf = (id: number): number => Math.floor(id / numbers);
  const unused: Transaction = { phase: 'none', id: 0, isTold: false };
  const initial: State = {
    transactions: [unused, unused],
    lastId: 0,
    log: [],
    beat: undefined,
    seen: { lastId: 0, writers: [] },
    ended: 0,
    applied: 0,
    data: [],
    packed: [],
    listed: [],
    knownEnded: 0,
    lost: [],
    isCopied: false,
    isRestored: false,
  };

  const change = (state: State, at: number, changed: Partial<Transaction>): State => ({
    ...state,
    transactions: state.transactions.map((one, i) => (i === at ? { ...one, ...changed } : one)),
  });

  function write(state: State): Step<State>[] {
    return state.transactions.flatMap((one, at): Step<State>[] => {
      const name = `transaction ${at + 1}`;
      // Those that have not begun are alike.
      const isNext = state.transactions.findIndex(({ phase }) => phase === 'none') === at;
      switch (one.phase) {
        case 'none':
          return isNext ? [[`${name} takes the lock`, change(state, at, { phase: 'locked' })]] : [];
        case 'locked': {
          const id = state.lastId + 1;
          const numbered = change(state, at, { phase: 'numbered', id });
          return [[`${name} takes ${id}`, { ...numbered, lastId: id }]];
        }
        case 'numbered': {
          const sent = change(state, at, { phase: 'sent' });
          return [
            [`${name} commits`, { ...sent, log: [...state.log, { batch: one.id }] }],
            [`${name} is rolled back`, change(state, at, { phase: 'over' })],
          ];
        }
        case 'sent':
          return [[`${name} is told`, change(state, at, { phase: 'over', isTold: true })]];
        case 'over':
          return [];
      }
    });
  }

  function judge(
    state: State,
    lastId: number,
    writers: readonly number[],
    variant: Variant,
  ): State {
    const { seen } = state;
    let { ended } = state;
    let next = { lastId, writers };
    if (writers.length === 0 || variant.waitsForNobody) ended = lastId;
    else {
      const left = seen.writers.filter((writer) => writers.includes(writer));
      if (left.length > 0) next = { lastId: seen.lastId, writers: left };
      else ended = Math.max(ended, seen.lastId);
    }
    const isNew = ended > state.ended;
    return {
      ...state,
      beat: undefined,
      seen: next,
      ended,
      log: isNew ? [...state.log, { ended }] : state.log,
      knownEnded: isNew && variant.tellsBesides ? ended : state.knownEnded,
    };
  }

  function beat(state: State, variant: Variant): Step<State>[] {
    const { beat: begun, lastId } = state;
    const writers = state.transactions.flatMap(({ phase }, at) =>
      phase === 'none' || phase === 'over' ? [] : [at],
    );
    if (begun === undefined) {
      if (lastId === state.ended) return [];
      const first = variant.looksForWritersFirst
        ? { lastId: undefined, writers }
        : { lastId, writers: undefined };
      return [['a beat begins', { ...state, beat: first }]];
    }
    const now = { lastId: begun.lastId ?? lastId, writers: begun.writers ?? writers };
    return begun.lastId === undefined || begun.writers === undefined
      ? [['a beat looks further', { ...state, beat: now }]]
      : [['a beat commits', judge(state, now.lastId, now.writers, variant)]];
  }

  const endedIn = (log: readonly Sent[]): number =>
    Math.max(0, ...log.map((sent) => ('ended' in sent ? sent.ended : 0)));
  const batchesIn = (log: readonly Sent[]): number[] =>
    log.flatMap((sent) => ('batch' in sent ? [sent.batch] : []));

  /** All that the log brought by now, at once. */
  const copy = (state: State, variant: Variant): State => ({
    ...state,
    applied: state.log.length,
    data: batchesIn(state.log),
    packed: [],
    listed: [],
    knownEnded: variant.forgetsEnded ? 0 : endedIn(state.log),
  });

  function read(state: State, variant: Variant): Step<State>[] {
    const steps: Step<State>[] = [];
    const sent = state.log[state.applied];
    if (sent !== undefined) {
      const applied = { ...state, applied: state.applied + 1 };
      steps.push(
        'batch' in sent
          ? [
              `${sent.batch} is applied`,
              {
                ...applied,
                data: [...state.data, sent.batch],
                packed: [...state.packed, sent.batch],
              },
            ]
          : [
              `${sent.ended} is heard to have ended`,
              {
                ...applied,
                knownEnded: variant.forgetsEnded ? 0 : Math.max(state.knownEnded, sent.ended),
              },
            ],
      );
    }
    if (state.packed.length > 0) {
      const listed = [...state.listed, ...state.packed]
        .filter((id) => id > state.knownEnded)
        .sort();
      steps.push(['they are unpacked', { ...state, packed: [], listed }]);
    }
    if (!state.isCopied) {
      steps.push(['all is copied anew', { ...copy(state, variant), isCopied: true }]);
    }
    return steps;
  }

  /** To a backup of any moment, after which the others copy its rows anew. */
  function restore(state: State, variant: Variant): Step<State>[] {
    if (state.isRestored) return [];
    return state.log.map((_, kept): Step<State> => {
      const log = state.log.slice(0, kept);
      const batches = batchesIn(log);
      const told = state.transactions.filter(({ isTold }) => isTold).map(({ id }) => id);
      const lastId = variant.keepsIncarnation ? Math.max(0, endedIn(log), ...batches) : numbers;
      const restored: State = {
        ...state,
        transactions: state.transactions.map((one) =>
          one.phase === 'none' ? one : { ...one, phase: 'over' },
        ),
        lastId,
        log: variant.keepsIncarnation ? log : [...log, { ended: numbers }],
        beat: undefined,
        seen: { lastId: 0, writers: [] },
        ended: variant.keepsIncarnation ? endedIn(log) : numbers,
        lost: told.filter((id) => !batches.includes(id)),
        isRestored: true,
      };
      return [`it is restored to ${kept} of its commits`, copy(restored, variant)];
    });
  }

  function hasArrived(state: State, id: number, variant: Variant): boolean {
    const { packed, listed, knownEnded } = state;
    const come = [...packed, ...listed];
    if (variant.goesByLargest) return id <= Math.max(0, ...come);
    const isOfNow = incarnationOf(id) === incarnationOf(knownEnded) || variant.endsEarlier === true;
    if (incarnationOf(id) < incarnationOf(knownEnded) && !isOfNow) return false;
    return come.includes(id) || (isOfNow && id <= knownEnded);
  }

  const modelOf = (variant: Variant): Model<State> => ({
    initial,
    steps: (state) => [
      ...write(state),
      ...beat(state, variant),
      ...read(state, variant),
      ...restore(state, variant),
    ],
    violationOf: (state, isEnd) => {
      for (const id of state.lost) {
        if (hasArrived(state, id, variant)) return `${id} was lost, and counts as arrived`;
      }
      for (const { phase, id } of state.transactions) {
        const isHere = state.data.includes(id);
        if (phase === 'numbered' && hasArrived(state, id, variant)) {
          return `${id} may still come, and counts as arrived`;
        }
        const isSent = state.log.some((sent) => 'batch' in sent && sent.batch === id);
        if (isSent && !isHere && hasArrived(state, id, variant)) {
          return `${id} has not come, and counts as arrived`;
        }
        const isOfNow = incarnationOf(id) === incarnationOf(state.lastId);
        if (isEnd && isSent && isOfNow && !hasArrived(state, id, variant)) {
          return `${id} has come, and is awaited for ever`;
        }
      }
      return undefined;
    },
  });

  test('counts as arrived when it is, whoever commits, ends, is copied or restored in whichever order', () => {
    const { violation, states } = explore(modelOf({}));
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(1_000);
  });

  test.each<[string, Variant, RegExp]>([
    ['the largest number were compared', { goesByLargest: true }, /may still come|has not come/],
    ['writers were looked for before the number', { looksForWritersFirst: true }, /may still come/],
    ['a beat waited for nobody', { waitsForNobody: true }, /may still come/],
    ['what has ended were told beside the stream', { tellsBesides: true }, /has not come/],
    ['a restored node went on in its incarnation', { keepsIncarnation: true }, /was lost/],
    ['what has ended covered earlier incarnations', { endsEarlier: true }, /was lost/],
    ['nothing said what has ended', { forgetsEnded: true }, /awaited for ever/],
  ])('would be wrong if %s', (_, variant, what) => {
    expect(explore(modelOf(variant)).violation?.what).toMatch(what);
  });
});
