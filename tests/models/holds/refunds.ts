import type { Step } from '../explore.js';
import {
  changePart,
  isAwaited,
  send,
  setAt,
  sum,
  type State,
  type Variant,
  type World,
} from './states.js';

// Refunds of captures (docs/refunds.md): asked of the hold's home from another datacenter, each under a key of its own.

type Wanted = NonNullable<World['refunds']>[number];

/** What home knows of a capture; unknown: its nodes have not answered. */
function captureOf({ captures }: State, capture: number): { got: number; unknown: number } {
  const asks = captures[capture];
  const known = Array.isArray(asks) ? asks.filter((ask) => ask !== null) : [];
  return {
    got: sum(known.map(({ got }) => got ?? 0)),
    unknown: sum(known.map(({ minor, got }) => (got === null ? minor : 0))),
  };
}

/** What was given back of a capture. */
const refundedOf = ({ refunds }: State, { refunds: wanted = [] }: World, capture: number): number =>
  sum(wanted.map((one, r) => (one.capture === capture ? refunds[r]!.made : 0)));

export const allRefunded = ({ refunds }: State): number => sum(refunds.map(({ made }) => made));

/** The client asks until it is told, under the same key, once it knows of the capture. */
export function refundSteps(state: State, { refunds = [] }: World): Step<State>[] {
  return refunds.flatMap(({ capture }, r): Step<State>[] => {
    const call = `refund ${r + 1} @0`;
    const isKnown = Array.isArray(state.captures[capture]);
    const isDone = state.refunds[r]!.told !== null;
    if (!isKnown || isDone || isAwaited(state, call)) return [];
    return [[`refund ${r + 1} is asked for`, send(state, [call])]];
  });
}

/** A call arrives at home, which decides. */
export function arriveRefund(
  state: State,
  what: string,
  isHeard: boolean,
  world: World,
  variant: Variant,
): State {
  const r = Number(what.replace('refund ', '')) - 1;
  const { capture, minor } = world.refunds![r]!;
  const tell = (after: State, told: 'refunded' | 'exceeded'): State => {
    const { made } = after.refunds[r]!;
    return isHeard ? { ...after, refunds: setAt(after.refunds, r, { made, told }) } : after;
  };
  const { made } = state.refunds[r]!;
  if (made > 0 && !variant.forgetsRefunds) return tell(state, 'refunded');
  const { left, unknown } = leftToRefund(state, capture, world, variant);
  if (minor <= left) {
    const { free, income } = state.parts[0]!;
    const back = { free: free + minor, income: income + (variant.refundsNoIncome ? 0 : minor) };
    const refunds = setAt(state.refunds, r, { ...state.refunds[r]!, made: made + minor });
    return tell({ ...changePart(state, 0, back), refunds }, 'refunded');
  }
  // Else it is in progress: asked again.
  return minor > left + unknown || variant.exceedsUnknown ? tell(state, 'exceeded') : state;
}

function leftToRefund(state: State, capture: number, world: World, variant: Variant) {
  const { got, unknown } = captureOf(state, capture);
  if (variant.refundsHold) {
    const all = sum(state.captures.map((_, c) => captureOf(state, c).got));
    return { left: all - allRefunded(state), unknown };
  }
  const left = got - refundedOf(state, world, capture);
  return variant.refundsAsked ? { left: left + unknown, unknown: 0 } : { left, unknown };
}

/** What was given back, or said, and is not so; captured: at the nodes, whoever has heard of it. */
export function refundWrong(
  state: State,
  world: World,
  captured: (capture: number) => number,
): string | undefined {
  const wrongOf = ({ capture, minor }: Wanted, r: number): string | undefined => {
    const { made, told } = state.refunds[r]!;
    const left = captured(capture) - refundedOf(state, world, capture);
    if (made > minor) return `refund ${r + 1} was made twice`;
    if (left < 0) return `more is refunded of capture ${capture + 1} than it has captured`;
    if (told === 'exceeded' && minor <= left) return `refund ${r + 1} was refused, and is there`;
    return undefined;
  };
  return world.refunds?.map(wrongOf).find((one) => one !== undefined);
}
