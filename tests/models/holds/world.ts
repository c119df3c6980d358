import type { Model, Step } from '../explore.js';
import { abortDrain, arriveDrain, drainSteps, drainWrong, isUnderWay, watch } from './drain.js';
import { allRefunded, arriveRefund, refundSteps, refundWrong } from './refunds.js';
import {
  changePart,
  initialOf,
  sum,
  type Part,
  type State,
  type Variant,
  type World,
} from './states.js';
import { arrive, holdSteps, refuseHold } from './steps.js';

// A hold, an ordinary pay-out beside it, and the links and processes between them.

const without = (state: State, call: string): State => ({
  ...state,
  wire: state.wire.filter((one) => one !== call),
});

function arriveAny(
  state: State,
  what: string,
  at: number,
  isHeard: boolean,
  world: World,
  variant: Variant,
): State {
  if (what.startsWith('refund')) return arriveRefund(state, what, isHeard, world, variant);
  return (isOfDrain(what) ? arriveDrain : arrive)(state, what, at, isHeard, variant);
}

const isOfDrain = (what: string): boolean => what.startsWith('ask') || what === 'close';

function deliver(state: State, world: World, variant: Variant): Step<State>[] {
  return state.wire.flatMap((call): Step<State>[] => {
    const isLate = call.startsWith('late ');
    const [what = '', where] = call.replace('late ', '').split(' @');
    const at = Number(where);
    const arrived = arriveAny(without(state, call), what, at, !isLate, world, variant);
    const steps: Step<State>[] = [
      [`${what} arrives at node ${at + 1}${isLate ? ', late' : ''}`, arrived],
    ];
    const isLocal = isOfDrain(what) && at === world.payOut?.at;
    if (!isLate && !isLocal && state.failuresLeft > 0) {
      const wire = [...new Set([...without(state, call).wire, `late ${call}`])].sort();
      steps.push([
        `nobody hears of ${what} at node ${at + 1}`,
        { ...state, wire, failuresLeft: state.failuresLeft - 1 },
      ]);
    }
    return steps;
  });
}

/** What runs at home ends: nobody waits for its calls, and recovery ends what was under way. */
function crash(state: State, { payOut }: World, variant: Variant): Step<State>[] {
  if (state.crashesLeft === 0) return [];
  const late = state.wire
    .filter((call) => !call.endsWith(' @0') || payOut?.at !== 0)
    .map((call) => `late ${call.replace('late ', '')}`);
  const wire = [...new Set(late)].sort();
  let after: State = { ...state, wire, crashesLeft: state.crashesLeft - 1 };
  if (state.hold === 'pending') after = refuseHold(after);
  if (payOut?.at === 0) after = abortDrain(after, payOut, variant);
  return [['what runs at home ends', after]];
}

function spend(state: State, { spenders = 0 }: World): Step<State>[] {
  if (state.spent >= spenders) return [];
  return state.parts.flatMap(({ free }, at): Step<State>[] =>
    free > 0
      ? [
          [
            `a pay-out of 1 is paid by node ${at + 1}`,
            { ...changePart(state, at, { free: free - 1 }), spent: state.spent + 1 },
          ],
        ]
      : [],
  );
}

function stepsOf(state: State, world: World, variant: Variant): Step<State>[] {
  const steps = [
    ...holdSteps(state, world, variant),
    ...refundSteps(state, world),
    ...(world.payOut ? drainSteps(state, world.payOut, variant) : []),
    ...deliver(state, world, variant),
    ...spend(state, world),
    ...crash(state, world, variant),
  ];
  const { payOut } = world;
  if (payOut === undefined) return steps;
  return steps.map(([by, after]) => [by, isUnderWay(after) ? watch(after, payOut) : after]);
}

/** What a part has captured under a capture, whichever way it was asked. */
const capturedAt = ({ captured }: Part, named: string): number =>
  sum(Object.entries(captured).map(([key, minor]) => (key.startsWith(named) ? minor : 0)));

/** The same, at all nodes. */
const capturedOf = ({ parts }: State, named: string): number =>
  sum(parts.map((part) => capturedAt(part, named)));

function moneyWrong(state: State, world: World): string | undefined {
  const { parts, drain, spent } = state;
  for (const [at, part] of parts.entries()) {
    if (part.free < 0 || part.minor < 0) return `a negative part at node ${at + 1}`;
    const taken = sum(Object.values(part.captured));
    if (
      !['none', 'reserved', 'closed'].includes(part.hold) &&
      state.authorised[at] !== part.minor + part.back + taken
    ) {
      return `node ${at + 1} has taken or given back what it does not hold`;
    }
  }
  const captured = sum(parts.flatMap((part) => Object.values(part.captured)));
  if (captured > sum(state.authorised)) return 'more is captured than was authorised';
  // Invariant 1: what a pay-out's decision takes is paid, and still set aside where nobody has heard.
  const inParts = sum(
    parts.map(({ free, minor, drained }) => free + minor + sum(drained.map((one) => one ?? 0))),
  );
  const untold = sum(parts.map((part, at) => (part.isDrainClosed ? 0 : drain.takes[at]!)));
  const paid = sum(drain.takes);
  const came = sum(world.free) + sum(world.held ?? []);
  return inParts - untold + captured - allRefunded(state) + spent + paid === came
    ? undefined
    : 'money was made or lost';
}

function toldWrong(state: State, world: World, variant: Variant): string | undefined {
  for (const [c, asks] of state.captures.entries()) {
    const named = `capture ${c + 1}`;
    const captured = capturedOf(state, named);
    if (asks === null || asks === 'refused') {
      if (captured > 0) return `${named} was refused, and is captured`;
      continue;
    }
    if (captured > world.captures[c]!) return `${named} captured more than was asked for`;
    for (const [at, ask] of asks.entries()) {
      if (ask === null) continue;
      const taken = capturedAt(state.parts[at]!, named);
      if (ask.got !== null && taken !== ask.got) {
        return `${named} was told as ${ask.got} at node ${at + 1}, and is ${taken}`;
      }
      const hasEnded = ['expired', 'voided'].includes(state.parts[at]!.hold);
      if (variant.tellsAsked && hasEnded && taken < ask.minor) {
        return `${named} was told as ${ask.minor} at node ${at + 1}, and is ${taken}`;
      }
    }
  }
  for (const [at, told] of (state.extended ?? []).entries()) {
    const { hold, now } = state.parts[at]!;
    if (told === 'told' && hold === 'expired' && now < 2)
      return `node ${at + 1} ended before the time that was told`;
  }
  return undefined;
}

function endWrong(state: State, world: World): string | undefined {
  for (const [at, { hold, minor, drained }] of state.parts.entries()) {
    if (hold === 'reserved') return `node ${at + 1} holds what nobody ends`;
    if (world.hasTime && minor > 0) return `node ${at + 1} holds for ever`;
    if (sum(drained.map((one) => one ?? 0)) > 0) return `node ${at + 1} has a reservation for ever`;
  }
  const isUnknown = state.captures.some(
    (asks) => Array.isArray(asks) && asks.some((ask) => ask !== null && ask.got === null),
  );
  if (isUnknown) return 'a capture is unknown for ever';
  if (state.voided?.some((isTold, at) => !isTold && state.authorised[at]! > 0)) {
    return 'a void is unknown for ever';
  }
  const isAsking = (at: number): boolean => Array.isArray(state.captures[at]);
  if (world.refunds?.some((one, r) => isAsking(one.capture) && state.refunds[r]!.told === null)) {
    return 'a refund is unanswered for ever';
  }
  return state.hold === 'pending' || isUnderWay(state)
    ? 'an attempt is pending for ever'
    : undefined;
}

export const holdsModel = (world: World, variant: Variant = {}): Model<State> => ({
  initial: initialOf(world),
  steps: (state) => stepsOf(state, world, variant),
  violationOf: (state, isEnd) => {
    if (state.wrong !== undefined) return state.wrong;
    return (
      (world.payOut && drainWrong(state, world.payOut)) ??
      moneyWrong(state, world) ??
      toldWrong(state, world, variant) ??
      refundWrong(state, world, (c) => capturedOf(state, `capture ${c + 1}`)) ??
      (isEnd ? endWrong(state, world) : undefined)
    );
  },
});
