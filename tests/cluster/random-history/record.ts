/** When something happened, on one clock that ticks with every event of the run. */
export type Tick = number;

/** Long after everything. */
export const never: Tick = Number.MAX_SAFE_INTEGER;

/** A pay-in as it was first sent, and as far as it is known to be credited. */
export interface PayInRecord {
  readonly commandId: string;
  readonly node: number;
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
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** One try of a pay-out, from its sending to its answer. */
export interface TryRecord {
  readonly node: number;
  readonly key: string;
  readonly amount: bigint;
  readonly localOnly: boolean;
  readonly sentAt: Tick;
  readonly answeredAt: Tick;
  readonly answer: PayOutAnswer;
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
    deletionSeenAt: new Map(),
  };
}

/** A key that was paid: between which moments, and what it took. */
export interface Payment {
  readonly key: string;
  readonly payOutId: string;
  readonly amount: bigint;
  readonly parts: ReadonlyMap<number, bigint>;
  readonly earliest: Tick;
  readonly latest: Tick;
}

/** The payments of an account, each once, however often it was answered. */
export function paymentsOf({ tries }: AccountRecord): Payment[] {
  const byKey = new Map<string, { one: TryRecord; earliest: Tick; latest: Tick }>();
  for (const one of tries) {
    if (one.answer.kind !== 'paid') continue;
    const known = byKey.get(one.key);
    // The try that paid is the one whose answer is not repeated; if that answer was lost, any of them.
    const earliest = one.answer.replayed
      ? Math.min(...tries.filter(({ key }) => key === one.key).map(({ sentAt }) => sentAt))
      : one.sentAt;
    byKey.set(one.key, {
      one: known?.one ?? one,
      earliest: Math.max(known?.earliest ?? 0, earliest),
      latest: Math.min(known?.latest ?? never, one.answeredAt),
    });
  }
  return [...byKey].map(([key, { one, earliest, latest }]) => {
    const { payOutId, parts } = one.answer as Extract<PayOutAnswer, { kind: 'paid' }>;
    return { key, payOutId, amount: one.amount, parts, earliest, latest };
  });
}
