import { inLongRun } from '@billing/testing';
import { explore, type Model } from './explore.js';
import type { State, Variant, World } from './holds/states.js';
import { holdsModel } from './holds/world.js';

// What ends which part of a hold, who says so, and what a pay-out beside it may be told (docs/holds.md).

/** Each test walks some thousands of states, the long ones up to a hundred thousand. */
const timeoutMs = inLongRun(300_000, 60_000);

const calm = { captures: [], hasTime: false, failures: 0, crashes: 0 };
/** Authorised from both parts, and then all that may befall it. */
const authorised: World = {
  ...calm,
  free: [1, 2],
  wanted: 3,
  captures: [2, 1],
  hasTime: true,
  failures: 1,
};
/** Open from the beginning. */
const open: World = {
  ...calm,
  free: [0, 0],
  held: [1, 2],
  captures: [2],
  hasTime: true,
  failures: 1,
};
/** Beside pay-outs: one that drains, and those that a part covers alone. */
const beside: World = {
  ...calm,
  free: [0, 1],
  held: [1, 1],
  hasTime: true,
  payOut: { at: 0, minor: 1 },
  spenders: 2,
};
/** Nothing moves but a pay-out of more than what is not held. */
const quiet: World = { ...calm, free: [1, 1], held: [1, 1], payOut: { at: 0, minor: 3 } };

/** Of a capture of 1 at home and 1 elsewhere; the second waits for what is unknown. */
const refunded: World = {
  ...open,
  held: [1, 1],
  refunds: [
    { capture: 0, minor: 1 },
    { capture: 0, minor: 1 },
  ],
};

const usual: [string, World][] = [
  ['a capture and its refunds, and a void', { ...refunded, isVoided: true }],
  [
    'two captures, and refunds of more than one of them',
    {
      ...refunded,
      failures: 2,
      captures: [1, 1],
      refunds: [{ capture: 1, minor: 2 }, ...refunded.refunds!],
    },
  ],
  [
    'a capture and a refund of it beside a drain',
    {
      ...refunded,
      captures: [1],
      refunds: [{ capture: 0, minor: 1 }],
      payOut: { at: 0, minor: 2 },
    },
  ],
  ['two captures and a void', { ...authorised, isVoided: true }],
  ['a capture, a void and an extension', { ...open, isVoided: true, isExtended: true }],
  [
    'a capture and a void, and a crash',
    { ...authorised, captures: [2], isVoided: true, crashes: 1 },
  ],
  [
    'a capture of three parts and a void',
    { ...open, free: [0, 0, 1], held: [1, 1, 1], captures: [3], isVoided: true },
  ],
  ['a capture and a void beside pay-outs', { ...beside, captures: [1], isVoided: true }],
  ['a capture beside pay-outs, and a cut', { ...beside, captures: [2], failures: 1, spenders: 1 }],
  [
    'a capture and a void beside a drain, and a cut',
    { ...beside, free: [0, 0], captures: [2], isVoided: true, failures: 1, spenders: 0 },
  ],
  [
    'an authorisation and a capture beside a drain of the other node',
    { ...authorised, wanted: 2, captures: [2], failures: 0, payOut: { at: 1, minor: 2 } },
  ],
];
const long: [string, World][] = [
  [
    'a capture of three parts beside a drain',
    {
      ...beside,
      free: [0, 0, 1],
      held: [0, 1, 1],
      captures: [2],
      payOut: { at: 0, minor: 2 },
      spenders: 0,
    },
  ],
  [
    'a capture and an extension beside pay-outs, and a crash',
    { ...beside, captures: [1], isExtended: true, crashes: 1, spenders: 1 },
  ],
  ['two captures, a void and an extension', { ...authorised, isVoided: true, isExtended: true }],
  ['two captures and a void, and a crash', { ...authorised, isVoided: true, crashes: 1 }],
  ['two captures and a void, and two cuts', { ...authorised, isVoided: true, failures: 2 }],
  [
    'two captures and a void beside pay-outs, and a cut',
    { ...beside, free: [0, 2], captures: [2, 1], isVoided: true, failures: 1 },
  ],
  [
    'an authorisation, a capture and a void beside a drain of the other node, and a cut',
    { ...authorised, wanted: 2, captures: [2], isVoided: true, payOut: { at: 1, minor: 2 } },
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

describe('a hold', () => {
  test.each(inLongRun([...usual, ...long], usual))(
    'moves money once and is told as it is: %s',
    (_, world) => {
      const { violation, states, ends } = explore(holdsModel(world));
      expect(violation).toBeUndefined();
      expect(states).toBeGreaterThan(1_000);
      expect(ends).toBeGreaterThan(10);
    },
    timeoutMs,
  );

  test('has a refund made of what is confirmed, refused, and in progress only while something is unknown', () => {
    const both = (told: string) => (state: State) =>
      state.refunds.every((one) => one.told === told);
    expect(find(refunded, both('refunded'))).toBeDefined();
    // The part elsewhere was over before it heard of the capture.
    const way = find(refunded, ({ refunds: [, second] }) => second!.told === 'exceeded');
    expect(way).toContain('the part of node 2 ends by its time');
    const isMade = ({ captures: [asks], refunds }: State): boolean =>
      Array.isArray(asks) && asks[1]?.got === null && refunds.some(({ made }) => made > 0);
    expect(find(refunded, isMade)).toBeDefined();
  });

  test('comes to each of its ends', () => {
    const world = { ...open, isVoided: true, isExtended: true };
    const gotAt = ({ captures: [asks] }: State, node: number): number | null =>
      Array.isArray(asks) ? (asks[node]?.got ?? null) : null;
    expect(find(world, (state) => gotAt(state, 1) === 1)).toContain('capture 1 arrives at node 2');
    // In part: nothing of a part whose time was over.
    expect(find(world, (state) => gotAt(state, 1) === 0)).toContain(
      'the part of node 2 ends by its time',
    );
    expect(find(world, ({ captures: [asks] }) => asks === 'refused')).toBeDefined();
    const extended = find(
      world,
      (state) => state.extended?.[1] === 'told' && state.parts[1]!.hold === 'expired',
    );
    expect(extended?.filter((by) => by === 'time passes at node 2')).toHaveLength(2);
    // A void that is there first brings along what was asked before it.
    const way = find(
      world,
      (state) => state.parts[1]!.hold === 'voided' && state.parts[1]!.captured['capture 1'] === 1,
    );
    expect(way).toContain('void arrives at node 2');
    expect(way).not.toContain('capture 1 arrives at node 2');
  });

  test('lets a pay-out beside it be paid, refused, and contended only where money comes back', () => {
    for (const stage of ['committed', 'insufficient', 'contended'] as const) {
      expect(find(beside, ({ drain }) => drain.stage === stage)).toBeDefined();
    }
    const isContended = ({ drain }: State): boolean => drain.stage === 'contended';
    expect(find({ ...beside, hasTime: false }, isContended)).toBeUndefined();
  });

  test('has a pay-out of more than the rest refused as insufficient, while nothing moves', () => {
    expect(explore(holdsModel(quiet)).violation).toBeUndefined();
    expect(find(quiet, ({ drain }) => drain.stage === 'insufficient')).toBeDefined();
    expect(find(quiet, ({ drain }) => drain.stage === 'contended')).toBeUndefined();
    // Also with a capture on its way to a node that is cut off.
    const asked = { ...quiet, captures: [2], failures: 1 };
    expect(find(asked, ({ drain }) => drain.stage === 'insufficient')).toBeDefined();
  });

  test('would have it contended for ever if held money were told as money to come', () => {
    const way = find(quiet, ({ drain }) => drain.stage === 'contended', { isHope: true });
    expect(way?.at(-1)).toBe('the pay-out is refused as contended');
    expect(
      find(quiet, ({ drain }) => drain.stage === 'insufficient', { isHope: true }),
    ).toBeUndefined();
  });

  const voided: World = { ...calm, free: [0, 0], held: [0, 1], isVoided: true };
  test.each<[string, Variant, World, RegExp, string]>([
    [
      "home's clock ended the part of another node",
      { expiresElsewhere: true },
      open,
      /was told as 0 at node 2, and is 1/,
      'capture 1 arrives at node 2, late',
    ],
    [
      'a capture were told before it is confirmed',
      { tellsAsked: true },
      open,
      /was told as 1 at node 2, and is 0/,
      'the part of node 2 ends by its time',
    ],
    [
      'what is unknown were there for the next capture',
      { freesUnknown: true },
      { ...open, captures: [2, 2] },
      /finds less than is held for it/,
      'capture 2 arrives at node 2',
    ],
    [
      'what is unknown were captured anew',
      { asksAnew: true },
      open,
      /more than was asked for/,
      'capture 1 arrives at node 2, late',
    ],
    [
      'a part did not know a capture again',
      { forgetsCaptures: true },
      open,
      /more than was asked for/,
      'capture 1 arrives at node 2, late',
    ],
    [
      'nobody asked again',
      { asksOnce: true },
      open,
      /unknown for ever/,
      'capture 1 arrives at node 2, late',
    ],
    [
      'a void did not bring along what was asked before it',
      { voidOvertakes: true },
      { ...open, isVoided: true },
      /finds its part voided/,
      'capture 1 arrives at node 2',
    ],
    [
      'a capture did not bring along the decision',
      { forgetsDecision: true },
      authorised,
      /finds its part reserved/,
      'capture 1 arrives at node 2',
    ],
    [
      'an extension were told before it is confirmed',
      { tellsExtended: true },
      { ...open, isExtended: true },
      /before the time that was told/,
      'the part of node 2 ends by its time',
    ],
    [
      'what is asked for were refunded as captured',
      { refundsAsked: true },
      refunded,
      /more is refunded of capture 1/,
      'refund 2 arrives at node 1',
    ],
    [
      'a refund of what is unknown were refused for good',
      { exceedsUnknown: true },
      refunded,
      /was refused, and is there/,
      'capture 1 arrives at node 2',
    ],
    [
      'a refund were bounded by all captures of its hold',
      { refundsHold: true },
      { ...refunded, captures: [1, 1] },
      /more is refunded of capture 1/,
      'refund 1 arrives at node 1',
    ],
    [
      'home did not know a refund again',
      { forgetsRefunds: true },
      { ...refunded, captures: [2], refunds: [{ capture: 0, minor: 1 }] },
      /made twice/,
      'refund 1 arrives at node 1',
    ],
    [
      'a refund were no income',
      { refundsNoIncome: true },
      { ...beside, captures: [1], refunds: [{ capture: 0, minor: 1 }] },
      /insufficient was said, and was not true/,
      'the pay-out is refused as insufficient',
    ],
    [
      'a void were told before it is confirmed',
      { tellsVoided: true },
      { ...voided, payOut: { at: 0, minor: 1 } },
      /insufficient was said, and was not true/,
      'the pay-out is refused as insufficient',
    ],
    [
      'a void were no income',
      { isNoIncome: true },
      { ...beside, hasTime: false, isVoided: true },
      /insufficient was said, and was not true/,
      'the pay-out is refused as insufficient',
    ],
    [
      'the end of its time were no income',
      { isNoIncome: true },
      beside,
      /insufficient was said, and was not true/,
      'the pay-out is refused as insufficient',
    ],
  ])('would be wrong if %s', (_, variant, world, what, last) => {
    const { violation } = explore(holdsModel(world, variant));
    expect(violation?.what).toMatch(what);
    expect(violation!.way.at(-1)).toBe(last);
    expect(explore(holdsModel(world)).violation).toBeUndefined();
  });
});
