import { ClusterError } from '../cluster-error.js';
import type { ControlRequest } from './control.js';
import type { Cluster } from '../cluster.js';
import { partKinds, type PartKind } from '../member.js';
import { formatStatus } from './status-table.js';

interface Target {
  readonly nodeId: number;
  /** Absent: the whole datacenter. */
  readonly kind: PartKind | undefined;
}

/** `dc2`, or one part of it: `dc2/kafka`. */
export function parseTarget(target: string | undefined): Target {
  const [, nodeId, kind] = /^dc([1-9]\d?)(?:\/([a-z-]+))?$/.exec(target ?? '') ?? [];
  const isKnown = kind === undefined || (partKinds as readonly string[]).includes(kind);
  if (nodeId === undefined || !isKnown) {
    throw new ClusterError(
      'BAD_REQUEST',
      `"${target ?? ''}" names no part: say dc2, or dc2/ and one of ${partKinds.join(', ')}`,
    );
  }
  return { nodeId: Number(nodeId), kind: kind as PartKind | undefined };
}

async function start(cluster: Cluster, { nodeId, kind }: Target): Promise<void> {
  await (kind ? cluster.startPart(kind, nodeId) : cluster.startNode(nodeId));
}

async function stop(cluster: Cluster, { nodeId, kind }: Target): Promise<void> {
  await (kind ? cluster.stopPart(kind, nodeId) : cluster.stopNode(nodeId));
}

async function eachPart(
  cluster: Cluster,
  { nodeId, kind }: Target,
  act: (kind: PartKind) => void | Promise<void>,
): Promise<void> {
  const kinds = kind ? [kind] : cluster.status().filter((part) => part.nodeId === nodeId);
  await Promise.all(kinds.map((part) => act(typeof part === 'string' ? part : part.kind)));
}

/** What another terminal may ask of the running cluster. */
export async function carryOut(cluster: Cluster, request: ControlRequest): Promise<string> {
  if (request.verb === 'status') return formatStatus(cluster.status());
  const target = parseTarget(request.target);
  const { nodeId } = target;
  switch (request.verb) {
    case 'start':
      await start(cluster, target);
      break;
    case 'stop':
      await stop(cluster, target);
      break;
    case 'restart':
      await stop(cluster, target);
      await start(cluster, target);
      break;
    case 'kill':
      await eachPart(cluster, target, (kind) => cluster.killPart(kind, nodeId));
      break;
    case 'pause':
      await eachPart(cluster, target, (kind) => cluster.pausePart(kind, nodeId));
      break;
    case 'resume':
      await eachPart(cluster, target, (kind) => cluster.resumePart(kind, nodeId));
      break;
    default:
      throw new ClusterError('BAD_REQUEST', `unknown verb "${request.verb}"`);
  }
  return formatStatus(cluster.status().filter((part) => part.nodeId === nodeId));
}
