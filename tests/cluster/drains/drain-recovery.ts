import {
  askDecisions,
  askHoldParts,
  closeByReplicas,
  closeReservations,
  decideDrain,
  endHolds,
  listLateAttempts,
  markTold,
  probeNode,
  recordHoldAnswers,
  rejectLatePayOuts,
  tellDecisions,
} from '@billing/database';
import type { DrainSite } from './drain-site.js';

const LIMIT = 200;
const TIMEOUT_MS = 2_000;

/** What a holder does in one interval: the same calls, in a spec's own time. */
export async function recoverOnce(site: DrainSite, nodeId: number): Promise<void> {
  const database = site.database(nodeId);
  const session = await site.session(nodeId);
  for (const attemptId of await listLateAttempts(database, LIMIT)) {
    await decideDrain(database, { attemptId, answers: [], askedNodes: [], isLast: true });
  }
  await rejectLatePayOuts(database, LIMIT);
  await closeByReplicas(database, LIMIT);
  await endHolds(database, LIMIT, '');
  for (const peer of site.nodeIds.filter((one) => one !== nodeId)) {
    if (!(await probeNode(session, peer, TIMEOUT_MS))) continue;
    const { told } = await tellDecisions(session, peer, LIMIT, TIMEOUT_MS);
    await markTold(database, peer, told);
    const { decided } = await askDecisions(session, peer, LIMIT, TIMEOUT_MS);
    if (decided !== undefined) await closeReservations(database, decided);
    const answers = await askHoldParts(session, [peer], undefined, LIMIT, TIMEOUT_MS);
    if (answers !== undefined) await recordHoldAnswers(database, answers);
  }
}
