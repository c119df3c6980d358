import type { Kafka } from 'kafkajs';
import { withClusters } from './kafka-client.js';

/** What kafkajs has of a broker, and exports to nobody (2.2.4). */
interface FetchingBroker {
  fetch(options: { readonly maxWaitTime: number }): Promise<FetchAnswer>;
  /** The second connection is for fetches alone. */
  readonly connectionPool: { readonly pool: readonly [object, FetchConnection] };
}

interface FetchAnswer {
  readonly responses: readonly object[];
}

interface FetchingCluster {
  findBroker(wanted: object): Promise<FetchingBroker>;
}

interface FetchConnection {
  readonly requestQueue: {
    readonly inflight: ReadonlyMap<number, { readonly entry: { readonly apiName: string } }>;
  };
  readonly socket: {
    removeAllListeners(): void;
    on(event: 'error', heard: () => void): void;
    destroy(): void;
  };
  rejectRequests(error: Error): void;
  disconnect(): Promise<unknown>;
}

/** What is changed elsewhere while a fetch is being made may have missed it. */
const SHORT_MS = 1_000;
const SHORT_WAIT_MS = 100;
/** For calls that come together. */
const CUT_AFTER_MS = 20;

class CutShort extends Error {}

/**
 * Fetches of a client's consumers that wait long at the broker while nothing arrives, and can be cut short: a message
 * ends one at once, but a stop, or a partition that is to be read again, does not. Each costs worker and broker
 * half of what an idle one takes (docs/measurements.md), and a broker serves one fetch of a connection after the other,
 * so what is cut short is its connection.
 */
export class LongFetches {
  private readonly known = new WeakSet<FetchingBroker>();
  /** Ends one each. */
  private readonly waiting = new Set<() => void>();
  private shortUntilMs = -Infinity;
  private cutting: NodeJS.Timeout | undefined;

  /** @param waitMs of a fetch at a broker whose last one found nothing */
  constructor(private readonly waitMs: number) {}

  of(kafka: Kafka): Kafka {
    return withClusters<FetchingCluster>(kafka, (create) => (options) => {
      const cluster = create(options);
      const findBroker = cluster.findBroker.bind(cluster);
      cluster.findBroker = async (wanted) => this.lengthen(await findBroker(wanted));
      return cluster;
    });
  }

  /** Something has changed of which a fetch under way knows nothing. */
  cutShort(): void {
    this.shortUntilMs = performance.now() + SHORT_MS;
    this.cutting ??= setTimeout(() => {
      this.cutting = undefined;
      for (const cut of this.waiting) cut();
    }, CUT_AFTER_MS);
  }

  private lengthen(broker: FetchingBroker): FetchingBroker {
    if (this.known.has(broker)) return broker;
    this.known.add(broker);
    const fetch = broker.fetch.bind(broker);
    let foundNothing = false;
    broker.fetch = async (options) => {
      const begunMs = performance.now();
      const isShort = begunMs < this.shortUntilMs;
      const isLong = foundNothing && !isShort;
      const usual = isShort ? SHORT_WAIT_MS : options.maxWaitTime;
      const maxWaitTime = isLong ? this.waitMs : usual;
      // Until this one tells: it may fail.
      foundNothing = false;
      const asked = fetch({ ...options, maxWaitTime });
      const answer = isLong ? await this.cuttable(broker, asked) : await asked;
      foundNothing = performance.now() - begunMs >= maxWaitTime;
      return answer;
    };
    return broker;
  }

  private async cuttable(
    { connectionPool }: FetchingBroker,
    asked: Promise<FetchAnswer>,
  ): Promise<FetchAnswer> {
    const connection = connectionPool.pool[1];
    const cut = (): void => {
      const { requestQueue, socket } = connection;
      const isSent = [...requestQueue.inflight.values()].some(
        ({ entry }) => entry.apiName === 'Fetch',
      );
      // Its connection is being made: later.
      if (!isSent) return this.cutShort();
      // kafkajs would take its end for that of the connection which comes after it.
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.destroy();
      connection.rejectRequests(new CutShort());
    };
    this.waiting.add(cut);
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof CutShort)) throw error;
      await connection.disconnect();
      return { responses: [] };
    } finally {
      this.waiting.delete(cut);
    }
  }
}
