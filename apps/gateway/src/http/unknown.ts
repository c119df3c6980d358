import { describeCopy, findCopyOf, listCopies, type Database } from '@billing/database';
import { HttpProblem } from './http-problem.js';

// "Not found" is the word of a replica. While it is being copied anew it has not the say, so whoever did
// not find something asks for copies first; nobody else does.

/** What to answer about an account that is not known here. @throws DatabaseError */
export async function unknownAccount(database: Database, accountId: string): Promise<HttpProblem> {
  const copy = await findCopyOf(database, accountId);
  if (copy === undefined) {
    const detail = `account ${accountId} is not known at this datacenter`;
    return new HttpProblem('not-found', detail, { members: { accountId } });
  }
  const detail = `account ${accountId} may be known soon: ${describeCopy(copy)}`;
  return HttpProblem.unavailable(detail, { members: { accountId, node: copy.nodeId } });
}

/**
 * @param nodeId where it must be, if that is known
 * @throws HttpProblem 503 while rows of that node, or of any, are being copied; DatabaseError
 */
export async function refuseWhileCopying(database: Database, nodeId?: number): Promise<void> {
  const copies = await listCopies(database);
  const copy = copies.find((one) => nodeId === undefined || one.nodeId === nodeId);
  if (copy === undefined) return;
  throw HttpProblem.unavailable(`it may be known soon: ${describeCopy(copy)}`, {
    members: { node: copy.nodeId },
  });
}
