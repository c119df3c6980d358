/** What the gateway says of the datacenters: docs/api.md, "Operations". */
export interface Overview {
  readonly node: number;
  readonly at: string;
  readonly nodes: readonly NodeAnswer[];
}

export interface NodeAnswer {
  readonly node: number;
  readonly snapshot: NodeSnapshot | null;
  readonly fault: string | null;
}

/** Figures that could not be read are absent, and `fault` says why. */
export type Known<T> = (T & { readonly fault: null }) | { readonly fault: string };

export interface NodeSnapshot {
  readonly node: number;
  readonly at: string;
  readonly startedAt: string;
  readonly faults: Readonly<Record<string, string>>;
  readonly lag: Known<Lag>;
  readonly rates: {
    readonly arriving: number | null;
    readonly applied: number | null;
    readonly payOuts: number | null;
  };
  readonly deadLetters: Known<{
    readonly open: number;
    readonly byReason: Readonly<Record<string, number>>;
  }>;
  readonly parked: Known<{ readonly count: number; readonly oldestSeconds: number }>;
  readonly drains: Known<{ readonly stages: readonly DoubtStage[] }>;
  readonly audit: Known<Audit>;
  readonly links: Known<{ readonly peers: readonly PeerLink[] }>;
}

/** What a node's auditor has found, in short. */
export interface Audit {
  readonly open: number;
  readonly first: AuditFault | null;
  /** Since a walk last came to its end; null: none ever has. */
  readonly walkedSeconds: number | null;
}

export interface AuditFault {
  readonly check: string;
  readonly node: number;
  readonly accountId: string | null;
  readonly subject: string;
  readonly differenceMinor: string;
  /** The same as an amount of the account; null: it is none, or not known to be. */
  readonly difference: string | null;
  readonly currency: string | null;
}

export interface Lag {
  readonly messages: number;
  readonly oldestSeconds: number;
  /** For how long an upstream service has left a transaction open; absent from an older gateway. */
  readonly openTransactionSeconds?: number;
  readonly halted: number;
  /** Upstream topics of which nothing is known, and why; absent from an older gateway. */
  readonly awayTopics?: Readonly<Record<string, string>>;
  readonly partitions: readonly PartitionLag[];
}

export interface PartitionLag {
  /** Absent from an older gateway, which knows one. */
  readonly topic?: string;
  readonly partition: number;
  readonly messages: number;
  readonly oldestSeconds: number;
  readonly nextOffset: string;
  readonly endOffset: string;
  /** Of the messages to the end, those that no worker sees until a transaction ends. */
  readonly uncommitted?: number;
  readonly openTransactionSeconds?: number;
  readonly halted: boolean;
  readonly haltReason: string | null;
  readonly haltDetail: string | null;
  readonly worker: string | null;
}

export interface DoubtStage {
  readonly stage: 'undecided' | 'untold' | 'reserved';
  readonly drains: number;
  readonly oldestSeconds: number;
}

/** As one node sees the way to and from a peer. */
export interface PeerLink {
  readonly node: number;
  readonly breaker: 'closed' | 'half-open' | 'open';
  readonly failures: number;
  /** The peer's against this node's; null: not measured for a minute; absent: a gateway that does not tell. */
  readonly clock?: { readonly aheadSeconds: number; readonly errorSeconds: number } | null;
  readonly arriving: {
    readonly subscription: string;
    readonly heartbeatAt: string | null;
    readonly delaySeconds: number | null;
  };
  readonly sending: {
    readonly active: boolean;
    readonly lost: boolean;
    readonly unconfirmedBytes: number | null;
    readonly walBytes: number | null;
    readonly walBytesMax: number | null;
  };
}

export function known<T extends object>(part: Known<T> | undefined): T | undefined {
  return part !== undefined && part.fault === null ? (part as T) : undefined;
}

/** Clocks that differ by more are for a person: the alert ClockSkew says so, too. */
export const SKEW_SECONDS = 1;

/** Longer than this in doubt is for a person: recovery ends a drain within seconds. */
export const DOUBT_SECONDS = 10;

export function drainsInDoubt(snapshot: NodeSnapshot): { count: number; oldestSeconds: number } {
  const stages = known(snapshot.drains)?.stages ?? [];
  const old = stages.filter(
    ({ drains, oldestSeconds }) => drains > 0 && oldestSeconds > DOUBT_SECONDS,
  );
  return {
    count: Math.max(0, ...old.map(({ drains }) => drains)),
    oldestSeconds: Math.max(0, ...old.map(({ oldestSeconds }) => oldestSeconds)),
  };
}
