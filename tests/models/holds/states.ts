// A hold (docs/holds.md), and an ordinary pay-out beside it: what each node and the home have of them.

/** What a run begins with and is bounded by. Node 1 is the home. */
export interface World {
  readonly free: readonly number[];
  /** Parts of a hold that is open from the beginning; none: it is authorised. */
  readonly held?: readonly number[];
  /** What is to be authorised. */
  readonly wanted?: number;
  /** How much each capture asks for, under a key of its own. */
  readonly captures: readonly number[];
  /** How much of which capture is to be given back, each under a key of its own. */
  readonly refunds?: readonly { readonly capture: number; readonly minor: number }[];
  readonly isVoided?: boolean;
  readonly isExtended?: boolean;
  readonly hasTime: boolean;
  /** Calls without an answer: lost, late, or carried out and unheard. */
  readonly failures: number;
  /** Of processes at home: all its calls at once, and the attempts under way. */
  readonly crashes: number;
  /** An ordinary pay-out of a node, which drains; with a minimum: it pays what there is, up to `minor`. */
  readonly payOut?: { readonly at: number; readonly minor: number; readonly minimum?: number };
  /** Pay-outs of 1 that a part covers alone. */
  readonly spenders?: number;
}

/** What would be wrong. */
export interface Variant {
  /** When home's clock says that the time is over, what is unknown elsewhere counts as not captured. */
  readonly expiresElsewhere?: boolean;
  /** The client is told as captured what another node was only asked for. */
  readonly tellsAsked?: boolean;
  /** What is unknown is there for the next capture. */
  readonly freesUnknown?: boolean;
  /** A capture without an answer is made anew, as another one. */
  readonly asksAnew?: boolean;
  /** Nobody asks again for what had no answer. */
  readonly asksOnce?: boolean;
  /** A void releases a part, whatever was asked of it before. */
  readonly voidOvertakes?: boolean;
  /** A capture does not bring the decision along. */
  readonly forgetsDecision?: boolean;
  /** A part does not know a capture again. */
  readonly forgetsCaptures?: boolean;
  /** What a void or the end of the time gives back is no income. */
  readonly isNoIncome?: boolean;
  /** Held money is told to drains as money that may come back. */
  readonly isHope?: boolean;
  /** An extension is told before other nodes have written it down. */
  readonly tellsExtended?: boolean;
  /** A void is told before other nodes have carried it out. */
  readonly tellsVoided?: boolean;
  /** What nodes were only asked to capture may be refunded. */
  readonly refundsAsked?: boolean;
  /** What is unknown of a capture counts as never to come: a refund of it is refused for good. */
  readonly exceedsUnknown?: boolean;
  /** A refund is bounded by all that the hold has captured. */
  readonly refundsHold?: boolean;
  /** Home does not know a refund again. */
  readonly forgetsRefunds?: boolean;
  /** A refund is no income. */
  readonly refundsNoIncome?: boolean;
  /** Of a pay-out up to an amount what is told is all that was set aside for it. */
  readonly tellsReserved?: boolean;
  /** … and taken, too. */
  readonly takesReserved?: boolean;
  /** It pays less than its minimum rather than nothing. */
  readonly paysBelow?: boolean;
  /** What was set aside beyond what is taken stays so. */
  readonly leavesExcess?: boolean;
  /** A node of which nothing was heard counts as having given what it was asked for. */
  readonly countsUnheard?: boolean;
  /** That there was no more is told by the second answers alone. */
  readonly trustsLastRound?: boolean;
  /** A node without an answer counts as one that has no more, and is not named. */
  readonly countsSilence?: boolean;
}

export interface Part {
  readonly free: number;
  readonly income: number;
  /** reserved: not decided, or not told; closed: the decision took nothing, or came first. */
  readonly hold: 'none' | 'reserved' | 'held' | 'expired' | 'voided' | 'closed';
  readonly minor: number;
  readonly back: number;
  /** By this node's clock. */
  readonly now: number;
  readonly ends: number;
  readonly captured: Readonly<Record<string, number>>;
  /** Of the ordinary pay-out, by round. */
  readonly drained: readonly [number | null, number | null];
  readonly isDrainClosed: boolean;
}

/** What was asked of a node, and what it has said. */
export interface Ask {
  readonly minor: number;
  readonly got: number | null;
}

interface Refunding {
  readonly made: number;
  readonly told: 'refunded' | 'exceeded' | null;
}

interface Drain {
  readonly stage: 'none' | 'round 1' | 'round 2' | 'committed' | 'insufficient' | 'contended';
  readonly wanted: readonly [number, number];
  readonly answers: Readonly<Record<string, Answer>>;
  readonly takes: readonly number[];
  readonly told: readonly boolean[];
  /** The least that it might have got at any moment since it began; by who of the others is left out, node 2 as bit 0. */
  readonly least: readonly number[];
  /** What its client was told: paid, and that those who answered had no more; who did not answer. */
  readonly paid: number;
  readonly isExhausted: boolean;
  readonly unreached: readonly number[];
}

export interface Answer {
  readonly got: number;
  readonly bound: number;
  readonly income: number;
}

export interface State {
  readonly parts: readonly Part[];
  readonly hold: 'none' | 'pending' | 'open' | 'refused' | 'voided' | 'over';
  readonly confirmed: readonly number[];
  readonly authorised: readonly number[];
  readonly wantedElsewhere: number;
  readonly told: readonly boolean[];
  /** Of each capture what was asked of each node; refused: nothing was. */
  readonly captures: readonly (readonly (Ask | null)[] | 'refused' | null)[];
  /** How much was given back, and what the client was told. */
  readonly refunds: readonly Refunding[];
  readonly extended: readonly ('told' | 'over' | null)[] | null;
  /** Where what is left was given back, as home has heard. */
  readonly voided: readonly boolean[] | null;
  /** Calls that have not arrived: `<what> @<node>`; late: nobody waits for them. */
  readonly wire: readonly string[];
  readonly drain: Drain;
  readonly spent: number;
  readonly failuresLeft: number;
  readonly crashesLeft: number;
  readonly wrong?: string;
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

export const changePart = (state: State, at: number, changed: Partial<Part>): State => ({
  ...state,
  parts: state.parts.map((part, i) => (i === at ? { ...part, ...changed } : part)),
});
export const setAt = <T>(list: readonly T[], at: number, value: T): readonly T[] =>
  list.map((one, i) => (i === at ? value : one));

export const isAwaited = (state: State, what: string): boolean => state.wire.includes(what);
export const send = (state: State, calls: readonly string[]): State => ({
  ...state,
  wire: [...new Set([...state.wire, ...calls])].sort(),
});
/** All nodes but one. */
export const othersThan = (state: State, at: number): number[] =>
  state.parts.flatMap((_, i) => (i === at ? [] : [i]));

/** What captures have asked of a node. */
export function asksOf(state: State, node: number): (readonly [name: string, ask: Ask])[] {
  return state.captures.flatMap((capture, c) => {
    const ask = capture === null || capture === 'refused' ? null : capture[node];
    return ask ? [[`capture ${c + 1}`, ask] as const] : [];
  });
}

export function initialOf({ free, held, captures, refunds = [], ...bounds }: World): State {
  const none = free.map(() => 0);
  return {
    parts: free.map((minor, at) => ({
      free: minor,
      income: 0,
      hold: held === undefined ? 'none' : held[at]! > 0 || at === 0 ? 'held' : 'closed',
      minor: held?.[at] ?? 0,
      back: 0,
      now: 0,
      ends: 1,
      captured: {},
      drained: [null, null],
      isDrainClosed: false,
    })),
    hold: held === undefined ? 'none' : 'open',
    confirmed: none,
    authorised: held ?? none,
    wantedElsewhere: 0,
    told: free.map((_, at) => held !== undefined || at === 0),
    captures: captures.map(() => null),
    refunds: refunds.map(() => ({ made: 0, told: null })),
    extended: null,
    voided: null,
    wire: [],
    drain: {
      stage: 'none',
      wanted: [0, 0],
      answers: {},
      takes: none,
      told: free.map(() => false),
      least: [],
      paid: 0,
      isExhausted: false,
      unreached: [],
    },
    spent: 0,
    failuresLeft: bounds.failures,
    crashesLeft: bounds.crashes,
  };
}
