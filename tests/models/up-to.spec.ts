import { inLongRun } from '@billing/testing';
import { explore, type Model } from './explore.js';
import type { State, Variant, World } from './holds/states.js';
import { holdsModel } from './holds/world.js';

// What a pay-out that takes what there is, up to an amount, pays and tells (docs/drain.md), beside others and a hold that is given back.

/** Each test walks some thousands of states, the long ones up to a hundred thousand. */
const timeoutMs = inLongRun(300_000, 60_000);

/** Nobody else moves anything. */
const alone: World = {
  free: [1, 2],
  held: [0, 0],
  captures: [],
  hasTime: false,
  failures: 0,
  crashes: 0,
  payOut: { at: 0, minor: 4, minimum: 0 },
};
/** What a hold had comes back meanwhile, and others take what is free. */
const beside: World = {
  ...alone,
  free: [0, 1],
  held: [1, 1],
  isVoided: true,
  spenders: 1,
  payOut: { at: 0, minor: 2, minimum: 1 },
};

const usual: [string, World][] = [
  ['a cut and a crash', { ...alone, failures: 1, crashes: 1, spenders: 2 }],
  ['a hold that is given back and another pay-out', beside],
  ['the same of any amount', { ...beside, payOut: { at: 0, minor: 2, minimum: 0 } }],
  ['the same, and a cut', { ...beside, spenders: 0, failures: 1 }],
  ['three nodes and a cut', { ...alone, free: [0, 1, 1], held: [0, 0, 0], failures: 1 }],
];
const long: [string, World][] = [
  ['a hold whose time is over', { ...beside, isVoided: false, hasTime: true, failures: 1 }],
  [
    'three nodes, two cuts and a crash',
    { ...alone, free: [0, 1, 1], held: [0, 0, 0], failures: 2, crashes: 1, spenders: 1 },
  ],
  [
    'a hold that is given back, two pay-outs and a cut',
    { ...beside, free: [1, 1], spenders: 2, failures: 1 },
  ],
];

/** The way to a state of which it is so. */
function find(world: World, isSo: (state: State) => boolean, variant?: Variant) {
  const passing: Model<State> = {
    ...holdsModel(world, variant),
    violationOf: (state) => (isSo(state) ? 'seen' : undefined),
  };
  return explore(passing).violation?.way;
}

const isPaid = (state: State, paid: number, isExhausted: boolean, unreached: number[]): boolean => {
  const { drain } = state;
  return (
    drain.stage === 'committed' &&
    drain.paid === paid &&
    drain.isExhausted === isExhausted &&
    JSON.stringify(drain.unreached) === JSON.stringify(unreached)
  );
};

describe('a pay-out up to an amount', () => {
  test.each(inLongRun([...usual, ...long], usual))(
    'is told as it is settled, and exhausted only if it was: beside %s',
    (_, world) => {
      const { violation, states, ends } = explore(holdsModel(world));
      expect(violation).toBeUndefined();
      expect(states).toBeGreaterThan(100);
      expect(ends).toBeGreaterThan(5);
    },
    timeoutMs,
  );

  test('pays all that there is, and says so', () => {
    expect(find(alone, (state) => isPaid(state, 3, true, []))).toBeDefined();
    expect(
      find(alone, ({ drain }) => drain.stage === 'committed' && drain.paid !== 3),
    ).toBeUndefined();
    const empty = { ...alone, free: [0, 0] };
    expect(find(empty, (state) => isPaid(state, 0, true, []))).toBeDefined();
  });

  test('pays no more than was asked for, and then says nothing of the rest', () => {
    const enough: World = { ...alone, payOut: { at: 0, minor: 2, minimum: 1 } };
    expect(find(enough, (state) => isPaid(state, 2, false, []))).toBeDefined();
    expect(find(enough, ({ drain }) => drain.paid > 2)).toBeUndefined();
  });

  test('pays what could be had where a donor is silent, and names it', () => {
    expect(find({ ...alone, failures: 2 }, (state) => isPaid(state, 1, true, [1]))).toBeDefined();
  });

  test('pays what could be had where others hold the rest, and does not call it all', () => {
    expect(find(beside, (state) => isPaid(state, 1, false, []))).toBeDefined();
  });

  test('is refused below its minimum, truly', () => {
    const much: World = { ...alone, payOut: { at: 0, minor: 5, minimum: 4 } };
    expect(find(much, ({ drain }) => drain.stage === 'insufficient')).toBeDefined();
    expect(find(much, ({ drain }) => drain.stage === 'committed')).toBeUndefined();
  });

  test('pays nothing when whoever ran it is gone', () => {
    const way = find({ ...alone, crashes: 1 }, ({ drain }) => drain.stage === 'contended');
    expect(way?.at(-1)).toBe('what runs at home ends');
  });

  test.each<[string, Variant, World, RegExp]>([
    ['all that was set aside were told', { tellsReserved: true }, beside, /was told, and/],
    ['all that was set aside were taken', { takesReserved: true }, beside, /more is paid/],
    [
      'it paid what there is below its minimum',
      { paysBelow: true },
      { ...alone, payOut: { at: 0, minor: 5, minimum: 4 } },
      /less is paid/,
    ],
    [
      'what was set aside beyond were left so',
      { leavesExcess: true },
      beside,
      /a reservation for ever/,
    ],
    [
      'what was not heard were counted on',
      { countsUnheard: true },
      { ...alone, failures: 2 },
      /a negative part/,
    ],
    [
      'the last answers alone said that there was no more',
      { trustsLastRound: true },
      { ...beside, held: [1, 0], failures: 1, payOut: { at: 0, minor: 2, minimum: 0 } },
      /there was more/,
    ],
    [
      'silence counted as having no more',
      { countsSilence: true },
      { ...alone, failures: 2 },
      /there was more/,
    ],
  ])('would be wrong if %s', (_, variant, world, what) => {
    expect(explore(holdsModel(world, variant)).violation?.what).toMatch(what);
    expect(explore(holdsModel(world)).violation).toBeUndefined();
  });
});
