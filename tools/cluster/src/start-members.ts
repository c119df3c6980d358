import pLimit from 'p-limit';
import { allSettled } from './all-settled.js';
import { ClusterError } from './cluster-error.js';
import type { AppKind, Member } from './member.js';

const order: readonly AppKind[] = ['coordinator', 'gateway', 'ledger-worker'];

/**
 * By datacenter: the first one is of use while the last one has not begun. A gateway with the datacenter behind its
 * own, when its coordinator is there or nearly: one that finds nobody tries again after a second.
 */
export function inStartOrder(apps: readonly Member[]): Member[] {
  const turn = ({ spec }: Member): number => spec.nodeId + (spec.kind === 'gateway' ? 1 : 0);
  const rank = ({ spec }: Member): number => order.indexOf(spec.kind as AppKind);
  return apps.toSorted((a, b) => turn(a) - turn(b) || rank(a) - rank(b));
}

/**
 * Starts members in their order, so many at a time: the next one when one is ready. Each is then ready sooner once
 * it has begun; all of them later on a machine that others use as well (docs/measurements.md). What fails leaves
 * those behind it unstarted, and so does a stop. @throws ClusterError
 */
export async function startMembers(
  members: readonly Pick<Member, 'start'>[],
  atOnce: number,
  isStopping: () => boolean,
): Promise<void> {
  const limit = pLimit(atOnce);
  let hasFailed = false;
  const startOne = async (member: Pick<Member, 'start'>): Promise<void> => {
    if (hasFailed) return;
    if (isStopping()) throw new ClusterError('STOPPED', 'stopped while starting');
    try {
      await member.start();
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  };
  await allSettled(members.map((member) => limit(() => startOne(member))));
}
