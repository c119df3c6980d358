import type { NodeReadings } from './node-readings.js';
import { describeNode } from './node-snapshot.js';
import type { PeerAnswer, PeerGateways } from './peer-gateways.js';

/** Every datacenter as far as one gateway can tell: its own, and what the others' gateways say. */
export class Overview {
  constructor(
    readonly readings: NodeReadings,
    private readonly peers: PeerGateways,
  ) {}

  async ask(authorization: string): Promise<object> {
    return this.describe(await this.peers.ask(authorization));
  }

  /** Without waiting for anybody. */
  current(authorization: string): object {
    return this.describe(this.peers.lastAnswers(authorization));
  }

  history(path: string, authorization: string): Promise<PeerAnswer[]> {
    return this.peers.askOnce(path, authorization);
  }

  private describe(answers: readonly PeerAnswer[]): object {
    const own = describeNode(this.readings);
    const nodes = answers.map(({ node, answer, fault }) =>
      answer === undefined
        ? { node, snapshot: null, fault }
        : { node, snapshot: answer, fault: null },
    );
    nodes.push({ node: own.node, snapshot: own, fault: null });
    return {
      node: own.node,
      at: own.at,
      nodes: nodes.sort((a, b) => a.node - b.node),
    };
  }
}
