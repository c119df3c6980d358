import { formatTable, type Column } from '@billing/cluster';
import type { Listing } from '@billing/database';
import { exitCodes } from './cli.errors.js';
import { toJson } from './json.js';
import type { ConnectionOptions } from './node-connection.js';
import type { Terminal } from './terminal.js';

export interface ListOptions extends ConnectionOptions {
  readonly limit: number;
  readonly json?: boolean;
}

/** A page of a node, and how many there are: some may have come or gone between the two questions. */
export function listingOf<T extends object>(node: string, items: readonly T[], total: number) {
  return {
    total: Math.max(total, items.length),
    items: items.map((item) => ({ node, ...item })),
  };
}

/** What nodes have listed, as a table or as JSON. @returns the exit code */
export function printListing<T extends object>(
  { json }: ListOptions,
  terminal: Terminal,
  listings: readonly Listing<T>[],
  exitCode: number,
  form: {
    readonly what: string;
    readonly columns: readonly Column[];
    readonly toRow: (item: T) => readonly string[];
  },
): number {
  const items = listings.flatMap((listing) => listing.items);
  const total = listings.reduce((sum, listing) => sum + listing.total, 0);
  if (json) {
    terminal.print(toJson({ total, items }));
    return exitCode;
  }
  if (items.length > 0) {
    for (const line of formatTable(form.columns, items.map(form.toRow))) terminal.print(line);
  }
  if (total > items.length) terminal.print(`${items.length} of ${total} ${form.what}: --limit`);
  else if (exitCode === exitCodes.done || total > 0) {
    terminal.print(`${total === 0 ? 'no' : total} ${form.what}`);
  }
  return exitCode;
}
