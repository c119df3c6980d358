import { formatTable } from '@billing/cluster';
import { listActs, type Act } from '@billing/database';
import { exitCodes } from './cli.errors.js';
import { toJson } from './json.js';
import type { ListOptions } from './listing.js';
import { askNodes } from './node-connection.js';
import type { Terminal } from './terminal.js';

export interface ListActsOptions extends ListOptions {
  readonly since?: string;
  readonly until?: string;
  readonly client?: string;
  readonly object?: string;
}

/** Of all nodes that are meant together, newest first. */
export async function listAllActs(options: ListActsOptions, terminal: Terminal): Promise<number> {
  const { since, until, client: clientId, object: objectId, limit } = options;
  const wanted = { since, until, clientId, objectId, tenants: 'all' } as const;
  const { answers, exitCode } = await askNodes(options, terminal, async ({ name, database }) => {
    // One more than is shown: it tells whether there are more.
    const acts = await listActs(database, { ...wanted, limit: limit + 1 });
    return acts.map((act) => ({ node: name, ...act }));
  });
  const found = answers.flat().sort((a, b) => b.at.getTime() - a.at.getTime());
  const acts = found.slice(0, limit);
  if (options.json) {
    terminal.print(toJson({ more: found.length > limit, items: acts.map(describeAct) }));
    return exitCode;
  }
  const columns = ['node', 'at', 'client', 'address', 'act', 'object', 'before', 'after', 'note'];
  const rows = acts.map((act) => [
    act.node,
    act.at.toISOString(),
    act.clientId,
    act.address ?? '-',
    act.result === undefined ? act.act : `${act.act}, ${act.result}`,
    `${act.objectType} ${act.objectId}`,
    formatState(act.before),
    formatState(act.after),
    act.note ?? '-',
  ]);
  if (rows.length > 0) for (const line of formatTable(columns, rows)) terminal.print(line);
  if (found.length > limit) terminal.print(`the latest ${limit} acts: --limit, --until`);
  else if (exitCode === exitCodes.done && rows.length === 0) terminal.print('no acts');
  return exitCode;
}

function formatState(state: object | undefined): string {
  return state === undefined ? '-' : JSON.stringify(state);
}

function describeAct({ atText: _, ...act }: Act & { readonly node: string }): object {
  return act;
}
