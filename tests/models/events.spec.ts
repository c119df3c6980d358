import { explore, type Model, type Step } from './explore.js';

// docs/adr/0044-events-from-what-a-seal-takes.md says what these steps are to be in SQL.

describe('events of one account at one datacenter', () => {
  /** Writers of the account: a pay-in takes its batch's id before it has the part's lock, a pay-out after it. */
  const kinds = ['pay-in', 'pay-in', 'pay-out'] as const;
  type Phase = 'new' | 'named' | 'locked' | 'written' | 'over';
  interface Writer {
    readonly phase: Phase;
    readonly id?: number;
    /** Its place in the order of events. */
    readonly place?: number;
  }
  interface Publisher {
    /** The row that it has read, and how much of that the broker has. */
    readonly row?: number;
    readonly writers: readonly number[];
    readonly sent: number;
  }
  interface State {
    readonly writers: readonly Writer[];
    readonly nextId: number;
    readonly nextPlace: number;
    /** By index, in the order of commits. */
    readonly committed: readonly number[];
    readonly unsealed: readonly number[];
    /** A sealer whose first transaction has ended, and whose second has not (a variant). */
    readonly between?: readonly number[];
    readonly rows: readonly { readonly number: number; readonly writers: readonly number[] }[];
    readonly nextRow: number;
    readonly publishers: readonly Publisher[];
    /** What the broker has taken, in order. */
    readonly topic: readonly number[];
    readonly crashesLeft: number;
  }
  interface Variant {
    /** Seals take, and rows list, by the ids of batches. */
    readonly byId?: boolean;
    /** The place is taken with the id, before the lock. */
    readonly placedEarly?: boolean;
    /** The row is written after the seal's transaction. */
    readonly apart?: boolean;
    /** A row is deleted before the broker has all of it. */
    readonly deletesFirst?: boolean;
    /** A publisher goes on with a later row while an earlier one is not sent. */
    readonly skips?: boolean;
  }

  const perSeal = 2;
  const idle: Publisher = { writers: [], sent: 0 };
  const put = <T>(list: readonly T[], at: number, changed: T): T[] =>
    list.map((one, i) => (i === at ? changed : one));

  function write(state: State, at: number, { placedEarly }: Variant): Step<State>[] {
    const writer = state.writers[at]!;
    const become = (changed: Writer, rest: Partial<State> = {}): State => ({
      ...state,
      ...rest,
      writers: put(state.writers, at, changed),
    });
    const name = `${kinds[at]} ${at}`;
    const isFree = state.writers.every(({ phase }) => phase !== 'locked' && phase !== 'written');
    const named = (phase: Phase): State =>
      become(
        { ...writer, phase, id: state.nextId, ...(placedEarly && { place: state.nextPlace }) },
        { nextId: state.nextId + 1, nextPlace: state.nextPlace + (placedEarly ? 1 : 0) },
      );
    switch (writer.phase) {
      case 'new':
        if (kinds[at] === 'pay-in') return [[`${name} takes an id`, named('named')]];
        return isFree ? [[`${name} locks the part, and takes an id`, named('locked')]] : [];
      case 'named':
        return isFree ? [[`${name} locks the part`, become({ ...writer, phase: 'locked' })]] : [];
      case 'locked': {
        const place = writer.place ?? state.nextPlace;
        const written = { ...writer, phase: 'written', place } as const;
        const nextPlace = Math.max(state.nextPlace, place + 1);
        return [[`${name} writes its batch`, become(written, { nextPlace })]];
      }
      case 'written': {
        const over = { ...writer, phase: 'over' } as const;
        const committed = [...state.committed, at];
        const unsealed = [...state.unsealed, at];
        return [
          [`${name} commits`, become(over, { committed, unsealed })],
          [`${name} is rolled back`, become(over)],
        ];
      }
      default:
        return [];
    }
  }

  function seal(state: State, { byId, apart }: Variant): Step<State>[] {
    const orderOf = (at: number): number => {
      const { id = 0, place = 0 } = state.writers[at]!;
      return byId ? id : place;
    };
    const row = (writers: readonly number[]): Partial<State> => ({
      rows: [...state.rows, { number: state.nextRow, writers }],
      nextRow: state.nextRow + 1,
    });
    if (state.between !== undefined) {
      const { between, ...rest } = state;
      const steps: Step<State>[] = [['the sealer writes the row', { ...rest, ...row(between) }]];
      if (state.crashesLeft > 0)
        steps.push(['the sealer ends', { ...rest, crashesLeft: state.crashesLeft - 1 }]);
      return steps;
    }
    const chosen = [...state.unsealed].sort((a, b) => orderOf(a) - orderOf(b)).slice(0, perSeal);
    if (chosen.length === 0) return [];
    const unsealed = state.unsealed.filter((at) => !chosen.includes(at));
    return apart
      ? [[`sealed: ${chosen.join(', ')}`, { ...state, unsealed, between: chosen }]]
      : [[`sealed, with the row: ${chosen.join(', ')}`, { ...state, unsealed, ...row(chosen) }]];
  }

  function publish(state: State, at: number, { deletesFirst, skips }: Variant): Step<State>[] {
    const publisher = state.publishers[at]!;
    const become = (changed: Publisher, rest: Partial<State> = {}): State => ({
      ...state,
      ...rest,
      publishers: put(state.publishers, at, changed),
    });
    const without = (number: number | undefined): State['rows'] =>
      state.rows.filter((row) => row.number !== number);
    const steps: Step<State>[] = [];
    const { row, writers, sent } = publisher;
    if (row === undefined) {
      for (const { number, writers: read } of skips ? state.rows : state.rows.slice(0, 1)) {
        const rows = deletesFirst ? without(number) : state.rows;
        const has = { row: number, writers: read, sent: 0 };
        steps.push([`publisher ${at} reads row ${number}`, become(has, { rows })]);
      }
      return steps;
    }
    if (sent < writers.length) {
      const topic = [...state.topic, writers[sent]!];
      const next = { ...publisher, sent: sent + 1 };
      steps.push([`the broker has ${writers[sent]} of publisher ${at}`, become(next, { topic })]);
    } else {
      steps.push([`publisher ${at} deletes row ${row}`, become(idle, { rows: without(row) })]);
    }
    if (state.crashesLeft > 0)
      steps.push([`publisher ${at} ends`, become(idle, { crashesLeft: state.crashesLeft - 1 })]);
    return steps;
  }

  const modelOf = (variant: Variant): Model<State> => ({
    initial: {
      writers: kinds.map(() => ({ phase: 'new' })),
      nextId: 1,
      nextPlace: 1,
      committed: [],
      unsealed: [],
      rows: [],
      nextRow: 1,
      publishers: [idle, idle],
      topic: [],
      crashesLeft: 1,
    },
    steps: (state) => [
      ...kinds.flatMap((_, at) => write(state, at, variant)),
      ...seal(state, variant),
      ...state.publishers.flatMap((_, at) => publish(state, at, variant)),
    ],
    violationOf: ({ committed, topic }, isEnd) => {
      const first = (at: number): number => topic.indexOf(at);
      if (topic.some((at) => !committed.includes(at))) return 'an event of what never was';
      for (const [i, later] of committed.entries()) {
        if (first(later) < 0) continue;
        const isLate = (earlier: number): boolean =>
          first(earlier) < 0 || first(earlier) > first(later);
        if (committed.slice(0, i).some(isLate)) return 'a later event is there first';
      }
      return isEnd && committed.some((at) => first(at) < 0) ? 'an event is lost' : undefined;
    },
  });

  test('come all, in the order of commits where each is there first, whoever publishes and whenever that ends', () => {
    const { violation, states, ends } = explore(modelOf({}));
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(10_000);
    expect(ends).toBeGreaterThan(10);
  });

  test.each<[string, Variant, RegExp]>([
    ['in the order of ids, which are taken before locks', { byId: true }, /later event/],
    ['placed before the lock', { placedEarly: true }, /later event/],
    ['written after the seal', { apart: true }, /lost/],
    ['deleted before the broker has them', { deletesFirst: true }, /later event/],
    ['read ahead of what is not sent', { skips: true }, /later event/],
  ])('would be wrong %s', (_, variant, what) => {
    expect(explore(modelOf(variant)).violation?.what).toMatch(what);
  });
});
