import type { Cluster, ClusterOptions } from '@billing/cluster';
import { createCluster } from './started-cluster.js';
import { TcpProxy, type LinkDelay } from './tcp-proxy.js';

export interface ProxiedCluster {
  readonly cluster: Cluster;
  readonly links: NodeLinks;
}

/** A proxy between each ordered pair of nodes: dblink and replication of that direction go through it. */
export class NodeLinks {
  private constructor(private readonly proxies: ReadonlyMap<string, TcpProxy>) {}

  /** @param portOf where PostgreSQL of a node listens on 127.0.0.1; asked when somebody connects */
  static async between(
    nodeIds: readonly number[],
    portOf: (nodeId: number) => number,
  ): Promise<NodeLinks> {
    const proxies = new Map<string, TcpProxy>();
    for (const from of nodeIds) {
      for (const to of nodeIds.filter((nodeId) => nodeId !== from)) {
        const target = () => ({ host: '127.0.0.1', port: portOf(to) });
        proxies.set(nameOf(from, to), await TcpProxy.listen({ target }));
      }
    }
    return new NodeLinks(proxies);
  }

  /** What `peerAddress` of a cluster's options wants. */
  readonly address = (from: number, to: number): string | undefined =>
    this.proxies.get(nameOf(from, to))?.address;

  /** The link over which one node calls another, and receives the other's rows. */
  link(from: number, to: number): TcpProxy {
    const proxy = this.proxies.get(nameOf(from, to));
    if (proxy === undefined) throw new RangeError(`no link from node ${from} to node ${to}`);
    return proxy;
  }

  /** All links from and to a node. */
  linksOf(nodeId: number): TcpProxy[] {
    const isOf = (name: string): boolean => name.split('->').map(Number).includes(nodeId);
    return [...this.proxies].filter(([name]) => isOf(name)).map(([, proxy]) => proxy);
  }

  /** The same both ways on all links: half of the round trip each. */
  setRoundTripMs(roundTripMs: number): void {
    const delay: LinkDelay = { toTargetMs: roundTripMs / 2, toClientMs: roundTripMs / 2 };
    for (const proxy of this.proxies.values()) proxy.setDelay(delay);
  }

  /** Ends all failures. Delays stay. */
  async restore(): Promise<void> {
    for (const proxy of this.proxies.values()) await proxy.restore();
  }

  async close(): Promise<void> {
    await Promise.all([...this.proxies.values()].map((proxy) => proxy.close()));
  }
}

/** As `startCluster`, with a proxy on every link. Take down the cluster first, then the links. */
export async function startProxiedCluster(
  options: Omit<ClusterOptions, 'peerAddress'> = {},
): Promise<ProxiedCluster> {
  const proxied = await createProxiedCluster(options);
  try {
    await proxied.cluster.start();
    return proxied;
  } catch (error) {
    await proxied.cluster.destroy();
    await proxied.links.close();
    throw error;
  }
}

/** The same, not started: who wants to end it while it starts has it. */
export async function createProxiedCluster(
  options: Omit<ClusterOptions, 'peerAddress'> = {},
): Promise<ProxiedCluster> {
  const nodeIds = Array.from({ length: options.nodeCount ?? 3 }, (_, index) => index + 1);
  let cluster: Cluster | undefined;
  const links = await NodeLinks.between(nodeIds, (nodeId) => cluster!.ports(nodeId).postgres);
  try {
    cluster = await createCluster({ ...options, peerAddress: links.address });
    return { cluster, links };
  } catch (error) {
    await links.close();
    throw error;
  }
}

function nameOf(from: number, to: number): string {
  return `${from}->${to}`;
}
