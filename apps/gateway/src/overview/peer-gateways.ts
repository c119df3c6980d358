import { failureOf, readBounded } from '../datacenters/bounded-answer.js';
import type { DatacenterGateway } from '../datacenters/datacenter-calls.js';

/** What another datacenter's gateway said last, or that it said nothing. */
export interface PeerAnswer {
  readonly node: number;
  /** Undefined: no answer in time, and `failure` says why. */
  readonly answer: unknown;
  readonly failure: string | undefined;
}

const ASK_TIMEOUT_MS = 1_500;
/** One answer serves all who ask within this time. */
const SHARED_MS = 800;
const FRESH_MS = 6_000;
const ANSWER_BYTES_MAX = 1_000_000;

/** Times are by the monotonic clock: a machine's other one may be set back. */
interface Peer extends DatacenterGateway {
  asking: Promise<void> | undefined;
  askedAtMs: number;
  answer: unknown;
  answeredAtMs: number;
  failure: string | undefined;
}

/**
 * The gateways of the other datacenters, asked with the caller's own token how their node is: replicas
 * cannot tell, as consumer lag is not replicated.
 */
export class PeerGateways {
  private readonly peers: readonly Peer[];

  constructor(gateways: readonly DatacenterGateway[]) {
    this.peers = gateways.map((gateway) => ({
      ...gateway,
      asking: undefined,
      askedAtMs: -Infinity,
      answer: undefined,
      answeredAtMs: -Infinity,
      failure: 'not asked yet',
    }));
  }

  get nodeIds(): readonly number[] {
    return this.peers.map(({ nodeId }) => nodeId);
  }

  /** What is known now, while the next answer is asked for. */
  lastAnswers(authorization: string): PeerAnswer[] {
    for (const peer of this.peers) void this.refresh(peer, authorization);
    return this.peers.map(describe);
  }

  /** Asks, and waits for answers as long as it may. */
  async ask(authorization: string): Promise<PeerAnswer[]> {
    await Promise.all(this.peers.map((peer) => this.refresh(peer, authorization)));
    return this.peers.map(describe);
  }

  /** Another question, asked of each of them once. */
  async askOnce(path: string, authorization: string): Promise<PeerAnswer[]> {
    return Promise.all(
      this.peers.map(async ({ nodeId, url }) => {
        try {
          const answer = await fetchJson(url + path, authorization);
          return { node: nodeId, answer, failure: undefined };
        } catch (error) {
          return { node: nodeId, answer: undefined, failure: failureOf(error, ASK_TIMEOUT_MS) };
        }
      }),
    );
  }

  private refresh(peer: Peer, authorization: string): Promise<void> {
    if (peer.asking !== undefined) return peer.asking;
    if (performance.now() - peer.askedAtMs < SHARED_MS) return Promise.resolve();
    peer.askedAtMs = performance.now();
    peer.asking = fetchJson(`${peer.url}/v1/operations/node`, authorization)
      .then((answer) => {
        peer.answer = answer;
        peer.answeredAtMs = performance.now();
        peer.failure = undefined;
      })
      .catch((error: unknown) => {
        peer.failure = failureOf(error, ASK_TIMEOUT_MS);
      })
      .finally(() => {
        peer.asking = undefined;
      });
    return peer.asking;
  }
}

function describe({ nodeId, answer, answeredAtMs, failure }: Peer): PeerAnswer {
  const isFresh = failure === undefined && performance.now() - answeredAtMs < FRESH_MS;
  if (isFresh) return { node: nodeId, answer, failure: undefined };
  return { node: nodeId, answer: undefined, failure: failure ?? 'no answer' };
}

async function fetchJson(url: string, authorization: string): Promise<unknown> {
  const response = await fetch(url, {
    headers: { authorization },
    redirect: 'error',
    signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
  });
  const body = await readBounded(response, ANSWER_BYTES_MAX);
  if (response.status !== 200) throw new Error(`answered ${response.status}`);
  return JSON.parse(body.toString('utf8'));
}
