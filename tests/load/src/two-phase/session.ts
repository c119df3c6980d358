import type { Cluster } from '@billing/cluster';
import type { Database } from '@billing/database';
import type { NodeLinks } from '@billing/testing';
import pg from 'pg';
import type { CoordinatorSession } from './protocols.js';

/** At every node: the only way out of a deadlock over two databases. */
const LOCK_TIMEOUT_MS = 1_000;
const NODES = [1, 2, 3];

export interface OpenSession extends CoordinatorSession {
  close(): Promise<void>;
}

/** A coordinator's session at a node, connected to the two others over their links. */
export async function openSession(
  cluster: Cluster,
  links: NodeLinks,
  database: Database,
  nodeId: number,
): Promise<OpenSession> {
  const client = new pg.Client({ connectionString: cluster.connectionString(nodeId) });
  await client.connect();
  await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
  const donors = NODES.filter((other) => other !== nodeId);
  const reconnect = async (): Promise<void> => {
    await client.query(
      'select public.dblink_disconnect(name) from unnest(public.dblink_get_connections()) as c (name)',
    );
    for (const donor of donors) {
      const [host, port] = links.address(nodeId, donor)!.split(':');
      const { superuser, database } = cluster.topology;
      const dsn =
        `host=${host} port=${port} user=${superuser} password=${cluster.secrets.password(superuser)} ` +
        `dbname=${database} options='-c lock_timeout=${LOCK_TIMEOUT_MS}'`;
      await client.query('select public.dblink_connect($1, $2)', [`node_${donor}`, dsn]);
    }
  };
  await reconnect();
  const session = await database.connect('bench');
  const close = async (): Promise<void> => {
    session.release(true);
    await client.end();
  };
  return { client, session, donors, reconnect, close };
}
