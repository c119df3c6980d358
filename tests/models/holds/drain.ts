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

/** What a pay-out might get, by node: what is not paid, held or decided to be, and what a client was told to have back. */
function hopesOf({ parts, hold, authorised, voided, drain }: State): number[] {
  const isOpen = hold !== 'none' && hold !== 'pending' && hold !== 'refused';
  const isPaid = drain.stage === 'committed';
  return parts.map(({ free, hold: row, minor, drained, isDrainClosed }, at) => {
    const undecided = row === 'reserved' ? minor - (isOpen ? authorised[at]! : 0) : 0;
    const reserved = isDrainClosed ? 0 : sum(drained.map((one) => one ?? 0));
    const isTold = row === 'held' && voided?.[at] === true;
    return free + undecided + (isTold ? minor : 0) + (isPaid ? 0 : reserved);
  });
}

/** Less than this is too little. */
const leastOf = ({ minor, minimum = minor }: PayOut): number => minimum;

/** What it might get now is written down where it is less than before; of an exact amount no more than whether it was short. */
export function watch(state: State, payOut: PayOut): State {
  const { at: home, minor, minimum } = payOut;
  const hopes = hopesOf(state);
  const others = othersThan(state, home);
  const { least } = state.drain;
  const sets = minimum === undefined ? 1 : 2 ** others.length;
  const now = Array.from({ length: sets }, (_, left) => {
    const hope = sum(
      hopes.map((one, at) => (left & (1 << others.indexOf(at)) && at !== home ? 0 : one)),
    );
    const bounded =
      minimum === undefined ? (hope < minor ? minor - 1 : minor) : Math.min(hope, minor);
    return Math.min(bounded, least[left] ?? minor);
  });
  return now.every((one, left) => one === least[left]) ? state : changeDrain(state, { least: now });
}

/** What was said of it, and is not so. */
export function drainWrong({ drain, parts }: State, payOut: PayOut): string | undefined {
  const { stage, least, takes, paid, isExhausted, unreached } = drain;
  const short = leastOf(payOut);
  if (stage === 'insufficient' && (least[0] ?? short) >= short)
    return 'insufficient was said, and was not true';
  if (stage !== 'committed') return undefined;
  if (paid !== sum(takes)) return `${paid} was told, and ${sum(takes)} is taken`;
  if (paid > payOut.minor) return 'more is paid than was asked for';
  if (paid < short) return 'less is paid than was asked for';
  const others = parts.flatMap((_, at) => (at === payOut.at ? [] : [at]));
  const left = sum(unreached.map((at) => 1 << others.indexOf(at)));
  return isExhausted && least[left]! > paid ? 'there was more, and none was said to be' : undefined;
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

function close(state: State, at: number, { leavesExcess }: Variant): State {
  const part = state.parts[at]!;
  if (part.isDrainClosed) return state;
  const own = sum(part.drained.map((one) => one ?? 0));
  const excess = own - state.drain.takes[at]!;
  return changePart(state, at, {
    free: part.free + (leavesExcess ? 0 : excess),
    drained: leavesExcess && excess > 0 ? [excess, null] : [null, null],
    isDrainClosed: true,
  });
}

/** What counts as set aside at a node, by the answers that were heard. */
function gotAt({ drain }: State, at: number, { countsUnheard }: Variant): number {
  return sum(
    [1, 2].map((round) => {
      const answer = drain.answers[`${round} @${at}`];
      return answer?.got ?? (countsUnheard ? drain.wanted[round - 1]! : 0);
    }),
  );
}

function decide(
  state: State,
  payOut: PayOut,
  stage: 'committed' | 'insufficient' | 'contended',
  variant: Variant,
): State {
  let left = stage !== 'committed' ? 0 : variant.takesReserved ? Infinity : payOut.minor;
  const got = state.parts.map((_, at) => gotAt(state, at, variant));
  const takes = got.map((one) => {
    const minor = Math.min(one, left);
    left -= minor;
    return minor;
  });
  const isPaid = stage === 'committed';
  const paid = isPaid ? sum(variant.tellsReserved ? got : takes) : 0;
  const told = isPaid && paid < payOut.minor ? findingsOf(state, paid, variant) : {};
  const decided = changeDrain(state, { stage, takes, paid, ...told, answers: {} });
  const calls = othersThan(state, payOut.at).map((at) => `close @${at}`);
  return send(close(decided, payOut.at, variant), calls);
}

/** Recovery aborts what nobody runs any more. */
export const abortDrain = (state: State, payOut: PayOut | undefined, variant: Variant): State =>
  payOut !== undefined && isUnderWay(state) ? decide(state, payOut, 'contended', variant) : state;

/** What a node may have had at any moment between its two answers; undefined: it did not give both. */
function boundOf({ drain }: State, at: number): number | undefined {
  const [first, second] = [drain.answers[`1 @${at}`], drain.answers[`2 @${at}`]];
  return first && second ? first.bound + second.income - first.income : undefined;
}

function judge(state: State, payOut: PayOut): 'insufficient' | 'contended' {
  const bounds = state.parts.map((_, at) => boundOf(state, at) ?? Infinity);
  return sum(bounds) < leastOf(payOut) ? 'insufficient' : 'contended';
}

/** Of less than was asked for: whether those who answered had no more, and who did not answer. */
function findingsOf(state: State, paid: number, variant: Variant) {
  const isRead = (at: number): boolean => boundOf(state, at) !== undefined;
  const nodes = state.parts.map((_, at) => at);
  const silent = nodes.filter((at) => state.drain.answers[`2 @${at}`] === undefined);
  const unreached = variant.countsSilence ? [] : silent;
  const asked = nodes.filter((at) => !silent.includes(at));
  const isExhausted = variant.trustsLastRound
    ? asked.every((at) => state.drain.answers[`2 @${at}`]!.got < state.drain.wanted[1])
    : asked.every(isRead) && sum(asked.map((at) => boundOf(state, at)!)) <= paid;
  return { isExhausted, unreached };
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
  const paid = (): State => decide(state, payOut, 'committed', variant);
  if (got >= payOut.minor) return [['the pay-out is paid', paid()]];
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
  if (got >= leastOf(payOut) || variant.paysBelow) return [['what there is is paid', paid()]];
  const verdict = judge(state, payOut);
  return [[`the pay-out is refused as ${verdict}`, decide(state, payOut, verdict, variant)]];
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
    const after = close(state, at, variant);
    return isHeard ? changeDrain(after, { told: told.map((one, i) => one || i === at) }) : after;
  }
  const round = what === 'ask 1' ? 1 : 2;
  const [after, answer] = reserveAt(state, at, round, variant);
  if (!isHeard || !isUnderWay(state)) return after;
  return changeDrain(after, {
    answers: { ...state.drain.answers, [`${round} @${at}`]: answer },
  });
}
