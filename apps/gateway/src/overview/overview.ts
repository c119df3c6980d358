import type { Client } from '@billing/auth';
import type { FastifyRequest } from 'fastify';
import type { DatacenterGateway } from '../datacenters/datacenter-calls.js';
import type { NodeReadings } from './node-readings.js';
import type { View } from '../http/field-schemas.js';
import { describeNode, type NodeSnapshot } from './node-snapshot.js';
import type { overviewView } from './node-snapshot.view.js';
import { PeerGateways, type PeerAnswer } from './peer-gateways.js';

/** Who is shown something. */
export interface Viewer {
  readonly authorization: string;
  /** Of one who sees the accounts of some tenants, an audit fault counts, and does not say what it is. */
  readonly seesAllTenants: boolean;
}

export function viewerOf({ client, headers }: FastifyRequest): Viewer {
  const { tenants } = client as Client;
  return { authorization: headers.authorization ?? '', seesAllTenants: tenants === 'all' };
}

/** Every datacenter as far as one gateway can tell: its own, and what the others' gateways say. */
export class Overview {
  /** What others answered is shared by those who are told the same. */
  private readonly peers: Readonly<Record<'ofAll' | 'ofSome', PeerGateways>>;

  constructor(
    readonly readings: NodeReadings,
    gateways: readonly DatacenterGateway[],
  ) {
    this.peers = { ofAll: new PeerGateways(gateways), ofSome: new PeerGateways(gateways) };
  }

  async ask(viewer: Viewer): Promise<View<typeof overviewView>> {
    return this.describe(viewer, await this.peersFor(viewer).ask(viewer.authorization));
  }

  /** Without waiting for anybody. */
  current(viewer: Viewer): View<typeof overviewView> {
    return this.describe(viewer, this.peersFor(viewer).lastAnswers(viewer.authorization));
  }

  /** This datacenter alone. */
  node({ seesAllTenants }: Viewer): NodeSnapshot {
    return describeNode(this.readings, seesAllTenants);
  }

  history(path: string, authorization: string): Promise<PeerAnswer[]> {
    return this.peers.ofSome.askOnce(path, authorization);
  }

  private peersFor({ seesAllTenants }: Viewer): PeerGateways {
    return seesAllTenants ? this.peers.ofAll : this.peers.ofSome;
  }

  private describe(viewer: Viewer, answers: readonly PeerAnswer[]): View<typeof overviewView> {
    const own = this.node(viewer);
    const nodes: View<typeof overviewView>['nodes'][number][] = answers.map(
      ({ node, answer, failure }) =>
        answer === undefined
          ? { node, snapshot: null, fault: failure ?? null }
          : { node, snapshot: answer as NodeSnapshot, fault: null },
    );
    nodes.push({ node: own.node, snapshot: own, fault: null });
    return {
      node: own.node,
      at: own.at,
      nodes: nodes.sort((a, b) => a.node - b.node),
    };
  }
}
