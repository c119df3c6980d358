import type { Database } from './database.js';

/** Rows of another node that are being copied to this one: what is not found of them may exist. */
export interface Copy {
  readonly nodeId: number;
  readonly subscriptionName: string;
  readonly status: 'initializing' | 'missing';
}

/** `billing.list_copies`: for whoever did not find something here. @throws DatabaseError */
export async function listCopies(database: Database): Promise<Copy[]> {
  const rows = await database.query<{
    node_id: number;
    subscription_name: string;
    status: Copy['status'];
  }>('list_copies', 'select * from billing.list_copies()');
  return rows.map((row) => ({
    nodeId: row.node_id,
    subscriptionName: row.subscription_name,
    status: row.status,
  }));
}

/** The copy that an account which is not known here may come with: that of its home. @throws DatabaseError */
export async function findCopyOf(database: Database, accountId: string): Promise<Copy | undefined> {
  const homeNodeId = Number(BigInt(accountId) % 64n);
  return (await listCopies(database)).find(({ nodeId }) => nodeId === homeNodeId);
}

/** For whoever asked for what is on its way. */
export function describeCopy({ nodeId, subscriptionName, status }: Copy): string {
  return `what node ${nodeId} has is being copied to this datacenter (${subscriptionName} is ${status})`;
}
