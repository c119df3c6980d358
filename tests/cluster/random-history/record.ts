/** When something happened, on one clock that ticks with every event of the run. */
export type Tick = number;

/** Long after everything. */
export const never: Tick = Number.MAX_SAFE_INTEGER;

/** A pay-in as it was first sent, and as far as it is known to be credited. */
export interface PayInRecord {
  readonly commandId: string;
  readonly node: number;
  readonly place: 'home' | 'stays' | 'wanders';
  /** Where it may be credited: of one that wanders at several, of which all but one take it back. */
  readonly nodes: readonly number[];
  readonly amount: bigint;
  readonly sentAt: Tick;
  /** It was seen credited by then. */
  knownAt: Tick;
}

/** A pay-in that was sent again: nothing may come of it. */
export interface RepeatRecord {
  readonly commandId: string;
  readonly node: number;
  readonly isSame: boolean;
}

export type PayOutAnswer =
  | {
      readonly kind: 'paid';
      readonly payOutId: string;
      readonly replayed: boolean;
      readonly parts: ReadonlyMap<number, bigint>;
      /** Of one that takes what there is. */
      readonly upTo?: {
        readonly paid: bigint;
        readonly exhausted: boolean;
        /** So many nodes. */
        readonly unreachable: number;
      };
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** One try of a pay-out, from its sending to its answer. */
export interface TryRecord {
  /** The home of the key, or whoever heard it. */
  readonly node: number;
  readonly key: string;
  /** The key has no home, and other nodes hear it too. */
  readonly wanders?: boolean;
  readonly amount: bigint;
  readonly localOnly: boolean;
  /** It takes what there is: from so much up to the amount. */
  readonly minimum?: bigint | undefined;
  /** Of a charge: what the amount comes from. */
  readonly quantity?: number | undefined;
  /** It is a hold, for so long. */
  readonly heldForMs?: number | undefined;
  readonly sentAt: Tick;
  readonly answeredAt: Tick;
  readonly answer: PayOutAnswer;
}

/** A pay-out as its node keeps it at the end. */
export interface KeptRecord {
  readonly payOutId: string;
  readonly node: number;
  readonly key: string;
  readonly amount: bigint;
  readonly parts: ReadonlyMap<number, bigint>;
}

/** What a node takes back of a pay-in that another one had credited, too. */
export interface ClawbackRecord {
  readonly commandId: string;
  readonly node: number;
  readonly amount: bigint;
  /** By its pay-outs, which drain. */
  readonly parts: ReadonlyMap<number, bigint>;
}

export type RefundAnswer =
  | {
      readonly kind: 'refunded';
      readonly refundId: string;
      /** Which stands. */
      readonly payOutId: string;
      readonly replayed: boolean;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** A refund, from its first sending until it was decided. */
export interface RefundRecord {
  readonly key: string;
  readonly payOutId: string;
  readonly amount: bigint;
  readonly sentAt: Tick;
  readonly answeredAt: Tick;
  readonly answer: RefundAnswer;
}

/** What a node has refunded, as it says at the end. */
export interface MadeRefund {
  readonly refundId: string;
  readonly node: number;
  readonly payOutId: string;
  /** Undefined: it moved here from a pay-out that was given back. */
  readonly key: string | undefined;
  readonly amount: bigint;
}

export type OnHold = 'capture' | 'void' | 'extend';

export type OnHoldAnswer =
  | {
      readonly kind: 'done';
      /** Of a capture. */
      readonly captureId: string | undefined;
      /** By node: paid, or given back by a void. */
      readonly got: ReadonlyMap<number, bigint>;
      readonly unknown: bigint;
      readonly over: bigint;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** What was asked of a hold, from its first sending to an answer. */
export interface OnHoldRecord {
  readonly does: OnHold;
  readonly key: string;
  readonly holdId: string;
  readonly home: number;
  /** Of a capture; else 0. */
  readonly amount: bigint;
  /** Of an extension; else 0. */
  readonly heldForMs: number;
  readonly sentAt: Tick;
  readonly answeredAt: Tick;
  /** From the first try of the hold to this answer: its time cannot have been over sooner. */
  readonly sinceHeldMs: number;
  readonly answer: OnHoldAnswer;
}

/** A part of a hold as its node keeps it at the end. */
export interface HeldPart {
  readonly holdId: string;
  readonly node: number;
  readonly amount: bigint;
  readonly returned: bigint;
  /** By capture. */
  readonly captured: ReadonlyMap<string, bigint>;
}

export type FreezeAnswer =
  | {
      readonly kind: 'done';
      /** The state, as it is told. */
      readonly debits: boolean;
      readonly credits: boolean;
      readonly confirmed: readonly number[];
      readonly unconfirmed: readonly number[];
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** A freeze or thaw, from its first sending to an answer. */
export interface FreezeRecord {
  readonly does: 'freeze' | 'thaw';
  readonly key: string;
  readonly debits: boolean;
  readonly credits: boolean;
  readonly sentAt: Tick;
  readonly answeredAt: Tick;
  readonly answer: FreezeAnswer;
}

export interface DeletionRecord {
  readonly sentAt: Tick;
  readonly answeredAt: Tick;
  readonly alreadyDeleted: boolean;
  /** Asked again after a try without an answer, which may have done it. */
  readonly isRepeated?: boolean;
}

/** All that was done to one account and what was answered. */
export interface AccountRecord {
  readonly accountId: string;
  readonly home: number;
  readonly payIns: PayInRecord[];
  readonly repeats: RepeatRecord[];
  readonly tries: TryRecord[];
  readonly deletions: DeletionRecord[];
  /** Given back at its node, as another one stands under its key. */
  readonly undone: KeptRecord[];
  /**
   * Paid, and told to nobody: a try without an answer was carried out after a later one had been refused, once there was money
   * (docs/key-homes.md). A client that asks again is told; a history that does not, looks at the end.
   */
  readonly unheard: KeptRecord[];
  readonly clawbacks: ClawbackRecord[];
  readonly refunds: RefundRecord[];
  /** At the end. */
  readonly made: MadeRefund[];
  readonly onHolds: OnHoldRecord[];
  /** At the end. */
  readonly heldParts: HeldPart[];
  readonly freezes: FreezeRecord[];
  /** Per node: its database was seen to know the deletion by then. */
  readonly deletionSeenAt: Map<number, Tick>;
}

export function emptyRecord(accountId: string, home: number): AccountRecord {
  return {
    accountId,
    home,
    payIns: [],
    repeats: [],
    tries: [],
    deletions: [],
    undone: [],
    unheard: [],
    clawbacks: [],
    refunds: [],
    made: [],
    onHolds: [],
    heldParts: [],
    freezes: [],
    deletionSeenAt: new Map(),
  };
}

/** A pay-out or a hold: between which moments, and what it took. */
export interface Payment {
  readonly key: string;
  readonly payOutId: string;
  readonly amount: bigint;
  readonly parts: ReadonlyMap<number, bigint>;
  readonly earliest: Tick;
  readonly latest: Tick;
}

/** The payments of an account, each once, however often it was answered; those that were given back, too. */
export function paymentsOf({ tries, undone, unheard }: AccountRecord): Payment[] {
  const payments = new Map<string, Payment>();
  const beganAt = (key: string): Tick =>
    Math.min(...tries.filter((one) => one.key === key).map(({ sentAt }) => sentAt));
  for (const one of tries) {
    const { key, sentAt, answeredAt, answer } = one;
    if (answer.kind !== 'paid') continue;
    const amount = answer.upTo?.paid ?? one.amount;
    const { payOutId, parts, replayed } = answer;
    const known = payments.get(payOutId);
    // The try that paid is the one whose answer is no repeat; if that answer was lost, any of them.
    const earliest = Math.max(known?.earliest ?? 0, replayed ? beganAt(key) : sentAt);
    const latest = Math.min(known?.latest ?? never, answeredAt);
    payments.set(payOutId, { ...(known ?? { key, payOutId, amount, parts }), earliest, latest });
  }
  // Of some nobody was ever told.
  for (const { payOutId, key, amount, parts } of [...undone, ...unheard]) {
    if (payments.has(payOutId)) continue;
    payments.set(payOutId, {
      key,
      payOutId,
      amount,
      parts,
      earliest: beganAt(key),
      latest: never,
    });
  }
  return [...payments.values()];
}
