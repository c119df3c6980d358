import type { CoordinatorConnection } from '@billing/cluster';
import type { CountAt, Percentile } from '../report/series.js';

/** Whom a load client asks, and how. */
export type LoadTarget =
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly token?: string;
      /** In PEM, where the URL is https. */
      readonly ca?: string | undefined;
    }
  | ({ readonly kind: 'stream'; readonly token: string } & CoordinatorConnection);

/** What a load client is to do; goes to its process as one message. */
export interface LoadOrder {
  readonly target: LoadTarget;
  /** Others, that slots are divided among with it. */
  readonly beside?: readonly LoadTarget[] | undefined;
  /** Drawn from evenly. */
  readonly accountIds: readonly string[];
  readonly amount: string;
  /** Requests under way: each slot sends its next when it has its answer. */
  readonly inFlight: number;
  /** Instead of as fast as answers come: requests begun at this steady rate, in any free slot. */
  readonly ratePerSecond?: number;
  /** One request an account at most, in the order given; ends early when they are used up. */
  readonly eachAccountOnce?: boolean;
  /** So many of the keys name this home. */
  readonly home?: { readonly nodeId: number; readonly share: number } | undefined;
  readonly warmUpMs: number;
  readonly durationMs: number;
}

/** What it saw after warming up. */
export interface LoadResult {
  readonly answers: number;
  /** By what they said; none is the normal thing. */
  readonly failures: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly latencyMs: {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
  };
  readonly percentiles: readonly Percentile[];
  /** Answers by then, since warming up. */
  readonly overTime: readonly CountAt[];
  /** User and system time of the client's process. */
  readonly clientCpuMs: number;
}

/** Tells its parent when warming up is over, so that both clocks start together. */
export type LoadReport =
  { readonly kind: 'warm' } | { readonly kind: 'done'; readonly result: LoadResult };

/** One pay-out as a transport sends it. */
export interface LoadRequest {
  readonly accountId: string;
  readonly amount: string;
  readonly key: string;
}

/** Sends a request from a slot; no slot has two under way. `failure` is undefined when it was paid. */
export interface Transport {
  connect(): Promise<void>;
  send(slot: number, request: LoadRequest, done: (failure: string | undefined) => void): void;
  close(): void;
}
