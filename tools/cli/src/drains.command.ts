import { toTheRight } from '@billing/cluster';
import { formatDatacenter } from '@billing/contracts';
import { findDrainsInDoubt, listDrainsInDoubt, type DrainInDoubt } from '@billing/database';
import { formatAmount } from '@billing/money';
import { listingOf, printListing, type ListOptions } from './listing.js';
import { askNodes } from './node-connection.js';
import type { Terminal } from './terminal.js';

/** Drains that have not ended everywhere, one by one, as far as each node has a part in them. */
export async function listDrains(options: ListOptions, terminal: Terminal): Promise<number> {
  const { answers, exitCode } = await askNodes(options, terminal, async ({ name, database }) => {
    const drains = await findDrainsInDoubt(database, options.limit);
    const counts = await listDrainsInDoubt(database);
    const total = counts.reduce((sum, { drains: count }) => sum + count, 0);
    return listingOf(name, drains, total);
  });
  return printListing(options, terminal, answers, exitCode, {
    what: 'drains in doubt',
    columns: [
      'node',
      'stage',
      'since',
      'pay-out',
      'attempt',
      'account',
      toTheRight('amount'),
      'waits for',
    ],
    toRow: (drain) => [
      drain.node,
      drain.stage,
      drain.since.toISOString(),
      drain.payOutId ?? '-',
      drain.attemptId,
      String(drain.accountId),
      describeAmount(drain),
      drain.nodeIds.map(formatDatacenter).join(', '),
    ],
  });
}

const describeAmount = ({ amountMinor, currency }: DrainInDoubt): string =>
  currency === undefined
    ? `${amountMinor} minor`
    : `${formatAmount(amountMinor, currency)} ${currency}`;
