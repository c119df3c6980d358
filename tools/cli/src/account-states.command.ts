import { formatDatacenter } from '@billing/contracts';
import { exitCodes } from './cli.errors.js';
import { confirm } from './confirmation.js';
import { findBilling } from './gateway-connection.js';
import { toJson } from './json.js';
import { printFields } from './money.command.js';
import type { ConnectionOptions } from './node-connection.js';
import type { Terminal } from './terminal.js';

export interface StateChangeOptions extends ConnectionOptions {
  readonly sides: 'debits' | 'credits' | 'both';
  readonly reason?: string;
  readonly key?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Through the next datacenter that answers: the account's home decides. */
export async function changeAccountState(
  act: 'freeze' | 'thaw',
  id: bigint,
  options: StateChangeOptions,
  terminal: Terminal,
): Promise<number> {
  const billing = findBilling(options, terminal);
  const { sides, reason, key = billing.createKey() } = options;
  const what = sides === 'both' ? 'debits and credits' : sides;
  terminal.complain(`${act}s ${what} of account ${id}, under the key ${key}`);
  await confirm(terminal, options.yes === true, `${act} it?`);
  const order = { sides, ...(reason !== undefined && { reason }) };
  const { changed, position, replayed } = await billing.accounts[act](String(id), order, key);
  if (options.json) {
    terminal.print(toJson({ ...changed, position, replayed, idempotencyKey: key }));
    return exitCodes.done;
  }
  const nodes = (all: readonly number[]): string =>
    all.length === 0 ? '-' : all.map(formatDatacenter).join(', ');
  printFields(terminal, [
    ['account', changed.accountId],
    ['state', changed.state],
    ['debits', changed.debitsFrozen ? 'frozen' : 'open'],
    ['credits', changed.creditsFrozen ? 'frozen' : 'open'],
    ['confirmed', nodes(changed.confirmed)],
    ['not yet', nodes(changed.unconfirmed)],
    ['position', position],
  ]);
  return exitCodes.done;
}
