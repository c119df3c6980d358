import type { Step } from '../explore.js';
import {
  asksOf,
  changePart,
  isAwaited,
  othersThan,
  send,
  setAt,
  sum,
  type Ask,
  type Part,
  type State,
  type Variant,
  type World,
} from './states.js';

// What happens to a hold: at its home, at the nodes that hold parts of it, and by their clocks.

const name = (node: number): string => `node ${node + 1}`;

export function refuseHold(state: State): State {
  const { free, minor } = state.parts[0]!;
  const closed = changePart(state, 0, { free: free + minor, minor: 0, hold: 'closed' });
  return send(
    { ...closed, hold: 'refused', confirmed: state.confirmed.map(() => 0) },
    othersThan(state, 0).map((at) => `decision @${at}`),
  );
}

function authorise(state: State, wanted: number): Step<State>[] {
  if (state.hold === 'none') {
    const { free } = state.parts[0]!;
    const minor = Math.min(free, wanted);
    const begun = changePart(state, 0, { free: free - minor, minor, hold: 'reserved' });
    const asks = minor < wanted ? othersThan(state, 0).map((at) => `reserve @${at}`) : [];
    const after: State = {
      ...begun,
      hold: 'pending',
      confirmed: setAt(state.confirmed, 0, minor),
      wantedElsewhere: wanted - minor,
    };
    return [['the hold begins', send(after, asks)]];
  }
  if (state.hold !== 'pending') return [];
  if (sum(state.confirmed) >= wanted) {
    let left = wanted;
    const authorised = state.confirmed.map((minor) => {
      const takes = Math.min(minor, left);
      left -= takes;
      return takes;
    });
    const decided = {
      ...changePart(state, 0, { hold: 'held' }),
      hold: 'open' as const,
      authorised,
    };
    const told = othersThan(state, 0).map((at) => `decision @${at}`);
    return [
      [
        'the hold is authorised',
        send({ ...decided, confirmed: state.confirmed.map(() => 0) }, told),
      ],
    ];
  }
  const isWaiting = othersThan(state, 0).some((at) => isAwaited(state, `reserve @${at}`));
  return isWaiting ? [] : [['the hold is refused', refuseHold(state)]];
}

/** What of another node's part no capture has asked for, as home knows it. */
function restAt(state: State, node: number, { freesUnknown }: Variant): number {
  const asks = asksOf(state, node).map(([, ask]) => ask);
  if (asks.some(({ minor, got }) => got !== null && got < minor)) return 0;
  return (
    state.authorised[node]! - sum(asks.map(({ minor, got }) => got ?? (freesUnknown ? 0 : minor)))
  );
}

function capture(state: State, wanted: number, c: number, variant: Variant): Step<State>[] {
  if (state.captures[c] !== null || state.hold === 'none' || state.hold === 'pending') return [];
  const named = `capture ${c + 1}`;
  const refused: State = { ...state, captures: setAt(state.captures, c, 'refused' as const) };
  const rests = state.parts.map(({ minor }, at) => (at === 0 ? minor : restAt(state, at, variant)));
  if (state.hold !== 'open' || sum(rests) < wanted) return [[`${named} is refused`, refused]];
  let left = wanted;
  const asks = rests.map((rest, at): Ask | null => {
    const minor = Math.min(rest, left);
    left -= minor;
    return minor === 0 ? null : { minor, got: at === 0 ? minor : null };
  });
  const { minor, captured } = state.parts[0]!;
  const own = asks[0]?.minor ?? 0;
  const taken = changePart(
    state,
    0,
    own === 0 ? {} : { minor: minor - own, captured: { ...captured, [named]: own } },
  );
  const calls = asks.flatMap((ask, at) => (ask && at > 0 ? [`${named} @${at}`] : []));
  return [[`${named} begins`, send({ ...taken, captures: setAt(state.captures, c, asks) }, calls)]];
}

function giveBack(part: Part, hold: Part['hold'], { isNoIncome }: Variant): Partial<Part> {
  return {
    free: part.free + part.minor,
    income: part.income + (isNoIncome ? 0 : part.minor),
    back: part.minor,
    minor: 0,
    hold,
  };
}

function atHome(state: State, world: World, variant: Variant): Step<State>[] {
  const steps = world.wanted === undefined ? [] : authorise(state, world.wanted);
  for (const [c, wanted] of world.captures.entries()) {
    steps.push(...capture(state, wanted, c, variant));
  }
  const own = state.parts[0]!;
  const elsewhere = othersThan(state, 0).filter((at) => state.authorised[at]! > 0);
  if (world.isVoided && state.hold === 'open') {
    const voided = state.parts.map((_, at) => at === 0 || variant.tellsVoided === true);
    const after: State = { ...changePart(state, 0, giveBack(own, 'voided', variant)), voided };
    const calls = elsewhere.map((at) => `void @${at}`);
    steps.push(['the hold is voided', send({ ...after, hold: 'voided' }, calls)]);
  }
  if (world.isExtended && state.hold === 'open' && state.extended === null) {
    const extended = state.parts.map((_, at) =>
      at === 0 || (variant.tellsExtended && elsewhere.includes(at)) ? ('told' as const) : null,
    );
    const after = { ...changePart(state, 0, { ends: 2 }), extended };
    const calls = elsewhere.map((at) => `extension @${at}`);
    steps.push(['the hold is extended', send(after, calls)]);
  }
  if (variant.asksOnce) return steps;
  return [...steps, ...othersThan(state, 0).flatMap((at) => askAgain(state, at, variant))];
}

/** Recovery, or the client with its key: whoever has not answered is asked again. */
function askAgain(state: State, at: number, { asksAnew }: Variant): Step<State>[] {
  const isDecided = !['none', 'pending'].includes(state.hold);
  const isAsked = state.authorised[at]! > 0;
  const unknown = [
    ...asksOf(state, at).flatMap(([named, { got }]) => (got === null ? [named] : [])),
    ...(isDecided && !state.told[at] ? ['decision'] : []),
    ...(isAsked && state.voided?.[at] === false ? ['void'] : []),
    ...(isAsked && state.extended?.[at] === null ? ['extension'] : []),
  ];
  return unknown.flatMap((what): Step<State>[] => {
    const call = `${what}${asksAnew && what.startsWith('capture') ? ' anew' : ''} @${at}`;
    const isWaiting = isAwaited(state, `${what} @${at}`) || isAwaited(state, call);
    return isWaiting ? [] : [[`${name(at)} is asked for ${what} again`, send(state, [call])]];
  });
}

// At the node that holds a part

/** Carries out the decision, however it came: told, replicated, or with a call that follows from it. */
function settle(state: State, at: number): State {
  const { hold, minor, free } = state.parts[at]!;
  const takes = state.authorised[at]!;
  if (hold === 'none' && takes > 0)
    return { ...state, wrong: 'a decision takes what is not there' };
  if (hold !== 'none' && hold !== 'reserved') return state;
  return changePart(state, at, {
    hold: takes > 0 ? 'held' : 'closed',
    minor: takes,
    free: free + minor - takes,
  });
}

function captureAt(before: State, at: number, named: string, variant: Variant): [State, number] {
  const minor = asksOf(before, at).find(([of]) => named.startsWith(of))![1].minor;
  const state = variant.forgetsDecision ? before : settle(before, at);
  const part = state.parts[at]!;
  const known = part.captured[named];
  if (known !== undefined && !variant.forgetsCaptures) return [state, known];
  if (part.hold !== 'held') {
    const why = part.hold === 'expired' ? undefined : `${named} finds its part ${part.hold}`;
    return [why === undefined ? state : { ...state, wrong: why }, 0];
  }
  const takes = Math.min(minor, part.minor);
  const captured = { ...part.captured, [named]: (known ?? 0) + takes };
  const after = changePart(state, at, { minor: part.minor - takes, captured });
  return [
    takes < minor ? { ...after, wrong: `${named} finds less than is held for it` } : after,
    takes,
  ];
}

const hear = (state: State, at: number, named: string, got: number): State => ({
  ...state,
  captures: state.captures.map((asks, c) =>
    asks === null || asks === 'refused' || !named.startsWith(`capture ${c + 1}`)
      ? asks
      : setAt(asks, at, { ...asks[at]!, got }),
  ),
});

/** A call arrives: what the node commits, and what home has then heard. */
export function arrive(
  state: State,
  what: string,
  at: number,
  isHeard: boolean,
  variant: Variant,
): State {
  const { hold, free } = state.parts[at]!;
  if (what === 'reserve') {
    const takes = hold === 'none' ? Math.min(free, state.wantedElsewhere) : 0;
    const after =
      takes === 0
        ? state
        : changePart(state, at, { hold: 'reserved', minor: takes, free: free - takes });
    const heard = isHeard && state.hold === 'pending';
    return heard ? { ...after, confirmed: setAt(state.confirmed, at, takes) } : after;
  }
  if (what === 'decision') {
    const after = settle(state, at);
    return isHeard ? { ...after, told: setAt(state.told, at, true) } : after;
  }
  if (what === 'void') return voidAt(state, at, isHeard, variant);
  if (what === 'extension') {
    const settled = settle(state, at);
    const isHeld = settled.parts[at]!.hold === 'held';
    const after = isHeld ? changePart(settled, at, { ends: 2 }) : settled;
    if (!isHeard || state.extended![at] !== null) return after;
    return { ...after, extended: setAt(state.extended!, at, isHeld ? 'told' : 'over') };
  }
  const [after, got] = captureAt(state, at, what, variant);
  return isHeard ? hear(after, at, what, got) : after;
}

/** A void brings along what was asked before it. */
function voidAt(before: State, at: number, isHeard: boolean, variant: Variant): State {
  let state = settle(before, at);
  for (const [named] of variant.voidOvertakes ? [] : asksOf(state, at)) {
    const [after, got] = captureAt(state, at, named, variant);
    state = isHeard ? hear(after, at, named, got) : after;
  }
  const part = state.parts[at]!;
  if (isHeard) state = { ...state, voided: setAt(state.voided!, at, true) };
  return part.hold === 'held' ? changePart(state, at, giveBack(part, 'voided', variant)) : state;
}

/** Each part by its own clock, whatever becomes of the others. */
function passTime(state: State, world: World, variant: Variant): Step<State>[] {
  if (!world.hasTime) return [];
  return state.parts.flatMap((part, at): Step<State>[] => {
    const { hold, now, ends } = part;
    const steps: Step<State>[] = [];
    const isRunning = hold === 'held' || (hold === 'reserved' && at > 0);
    if (isRunning && now < (world.isExtended ? 2 : 1)) {
      steps.push([`time passes at ${name(at)}`, changePart(state, at, { now: now + 1 })]);
    }
    if (hold !== 'held' || now < ends) return steps;
    let after = changePart(state, at, giveBack(part, 'expired', variant));
    if (at === 0) {
      after = { ...after, hold: 'over' };
      if (variant.expiresElsewhere) {
        for (const node of othersThan(state, 0)) {
          for (const [named, { got }] of asksOf(state, node)) {
            if (got === null) after = hear(after, node, named, 0);
          }
        }
      }
    }
    return [...steps, [`the part of ${name(at)} ends by its time`, after]];
  });
}

/** All that can happen to the hold but the arrival of calls. */
export const holdSteps = (state: State, world: World, variant: Variant): Step<State>[] => [
  ...atHome(state, world, variant),
  ...passTime(state, world, variant),
];
