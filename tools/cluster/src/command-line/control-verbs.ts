import { ClusterError } from '../cluster-error.js';
import type { ControlRequest } from './control.js';
import type { Cluster } from '../cluster.js';
import { memberKinds, type MemberKind } from '../member.js';
import { formatStatus } from './status-table.js';

interface Target {
  readonly nodeId: number;
  /** Absent: the whole datacenter. */
  readonly kind: MemberKind | undefined;
}

/** `dc2`, or one member of it: `dc2/kafka`. */
export function parseTarget(target: string | undefined): Target {
  const [, nodeId, kind] = /^dc([1-9]\d?)(?:\/([a-z-]+))?$/.exec(target ?? '') ?? [];
  const isKnown = kind === undefined || (memberKinds as readonly string[]).includes(kind);
  if (nodeId === undefined || !isKnown) {
    throw new ClusterError(
      'BAD_REQUEST',
      `"${target ?? ''}" names no part: say dc2, or dc2/ and one of ${memberKinds.join(', ')}`,
    );
  }
  return { nodeId: Number(nodeId), kind: kind as MemberKind | undefined };
}

async function start(cluster: Cluster, { nodeId, kind }: Target): Promise<void> {
  await (kind ? cluster.startMember(kind, nodeId) : cluster.startNode(nodeId));
}

async function stop(cluster: Cluster, { nodeId, kind }: Target): Promise<void> {
  await (kind ? cluster.stopMember(kind, nodeId) : cluster.stopNode(nodeId));
}

async function eachMember(
  cluster: Cluster,
  { nodeId, kind }: Target,
  act: (kind: MemberKind) => void | Promise<void>,
): Promise<void> {
  const kinds = kind ? [kind] : cluster.status().filter((member) => member.nodeId === nodeId);
  await Promise.all(kinds.map((member) => act(typeof member === 'string' ? member : member.kind)));
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
      await eachMember(cluster, target, (kind) => cluster.killMember(kind, nodeId));
      break;
    case 'pause':
      await eachMember(cluster, target, (kind) => cluster.pauseMember(kind, nodeId));
      break;
    case 'resume':
      await eachMember(cluster, target, (kind) => cluster.resumeMember(kind, nodeId));
      break;
    default:
      throw new ClusterError('BAD_REQUEST', `unknown verb "${request.verb}"`);
  }
  return formatStatus(cluster.status().filter((member) => member.nodeId === nodeId));
}
