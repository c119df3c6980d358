import type { Step } from '../explore.js';
import {
  changePart,
  isAwaited,
  othersThan,
  send,
  sum,
  type Answer,
  type State,
  type Variant,
  type World,
} from './states.js';

// An ordinary pay-out that drains beside a hold: two rounds, and the proof of insufficiency (docs/drain.md).

type PayOut = NonNullable<World['payOut']>;

const changeDrain = (state: State, changed: Partial<State['drain']>): State => ({
  ...state,
  drain: { ...state.drain, ...changed },
});

/** What a pay-out might get: what is not paid, held or decided to be, and what a client was told to have back. */
export function hopeOf({ parts, hold, authorised, voided, drain }: State): number {
  const isOpen = hold !== 'none' && hold !== 'pending' && hold !== 'refused';
  const isPaid = drain.stage === 'committed';
  return sum(
    parts.map(({ free, hold: row, minor, drained, isDrainClosed }, at) => {
      const undecided = row === 'reserved' ? minor - (isOpen ? authorised[at]! : 0) : 0;
      const reserved = isDrainClosed ? 0 : sum(drained.map((one) => one ?? 0));
      const isTold = row === 'held' && voided?.[at] === true;
      return free + undecided + (isTold ? minor : 0) + (isPaid ? 0 : reserved);
    }),
  );
}

export const isUnderWay = ({ drain }: State): boolean =>
  drain.stage === 'round 1' || drain.stage === 'round 2';

/** Takes what is wanted in a round, or finds what it has taken. */
function reserveAt(state: State, at: number, round: 1 | 2, variant: Variant): [State, Answer] {
  const part = state.parts[at]!;
  const known = part.drained[round - 1];
  const got =
    known ?? (part.isDrainClosed ? 0 : Math.min(part.free, state.drain.wanted[round - 1]!));
  const free = part.free - (known === null ? got : 0);
  const drained: [number | null, number | null] = [...part.drained];
  if (!part.isDrainClosed) drained[round - 1] = got;
  const own = sum(drained.map((one) => one ?? 0));
  const isHope = part.hold === 'reserved' || (variant.isHope && part.hold === 'held');
  const bound = own + (isHope ? part.minor : 0) + free;
  return [changePart(state, at, { free, drained }), { got, bound, income: part.income }];
}

function close(state: State, at: number): State {
  const part = state.parts[at]!;
  if (part.isDrainClosed) return state;
  const own = sum(part.drained.map((one) => one ?? 0));
  return changePart(state, at, {
    free: part.free + own - state.drain.takes[at]!,
    drained: [null, null],
    isDrainClosed: true,
  });
}

function decide(
  state: State,
  payOut: PayOut,
  stage: 'committed' | 'insufficient' | 'contended',
): State {
  let left = stage === 'committed' ? payOut.minor : 0;
  const takes = state.parts.map((_, at) => {
    const got = sum([1, 2].map((round) => state.drain.answers[`${round} @${at}`]?.got ?? 0));
    const minor = Math.min(got, left);
    left -= minor;
    return minor;
  });
  const decided = changeDrain(state, { stage, takes, answers: {} });
  const told = othersThan(state, payOut.at).map((at) => `close @${at}`);
  return send(close(decided, payOut.at), told);
}

/** Recovery aborts what nobody runs any more. */
export const abortDrain = (state: State, payOut: PayOut | undefined): State =>
  payOut !== undefined && isUnderWay(state) ? decide(state, payOut, 'contended') : state;

function judge({ parts, drain }: State, { minor }: PayOut): 'insufficient' | 'contended' {
  const bounds = parts.map((_, at) => {
    const [first, second] = [drain.answers[`1 @${at}`], drain.answers[`2 @${at}`]];
    return first && second ? first.bound + second.income - first.income : Infinity;
  });
  return sum(bounds) < minor ? 'insufficient' : 'contended';
}

/** What the pay-out's node does next. */
export function drainSteps(state: State, payOut: PayOut, variant: Variant): Step<State>[] {
  const { stage, answers, told } = state.drain;
  const donors = othersThan(state, payOut.at);
  if (stage === 'none') {
    const begun = changeDrain(state, { wanted: [payOut.minor, 0] });
    const [after, answer] = reserveAt(begun, payOut.at, 1, variant);
    const short = payOut.minor - answer.got;
    const asked = changeDrain(after, {
      stage: 'round 1',
      wanted: [short, 0],
      answers: { [`1 @${payOut.at}`]: answer },
    });
    const calls = short > 0 ? donors.map((at) => `ask 1 @${at}`) : [];
    return [['a pay-out begins', send(asked, calls)]];
  }
  if (!isUnderWay(state)) {
    return donors
      .filter((at) => !told[at] && !isAwaited(state, `close @${at}`))
      .map((at) => [`node ${at + 1} is told of the pay-out again`, send(state, [`close @${at}`])]);
  }
  const got = sum(Object.values(answers).map((answer) => answer.got));
  if (got >= payOut.minor) return [['the pay-out is paid', decide(state, payOut, 'committed')]];
  const round = stage === 'round 1' ? 1 : 2;
  const isWaiting = state.parts.some((_, at) => isAwaited(state, `ask ${round} @${at}`));
  if (isWaiting) return [];
  if (stage === 'round 1') {
    const again = changeDrain(state, {
      stage: 'round 2',
      wanted: [state.drain.wanted[0], payOut.minor - got],
    });
    const calls = state.parts.map((_, at) => `ask 2 @${at}`);
    return [['a second round begins', send(again, calls)]];
  }
  const verdict = judge(state, payOut);
  return [[`the pay-out is refused as ${verdict}`, decide(state, payOut, verdict)]];
}

/** A call for the pay-out arrives. */
export function arriveDrain(
  state: State,
  what: string,
  at: number,
  isHeard: boolean,
  variant: Variant,
): State {
  if (what === 'close') {
    const { told } = state.drain;
    const after = close(state, at);
    return isHeard ? changeDrain(after, { told: told.map((one, i) => one || i === at) }) : after;
  }
  const round = what === 'ask 1' ? 1 : 2;
  const [after, answer] = reserveAt(state, at, round, variant);
  if (!isHeard || !isUnderWay(state)) return after;
  return changeDrain(after, {
    answers: { ...state.drain.answers, [`${round} @${at}`]: answer },
  });
}
