import { formatTable } from '@billing/cluster';
import { formatDatacenter } from '@billing/contracts';
import { exitCodes } from './cli.errors.js';
import { confirm } from './confirmation.js';
import { findBilling } from './gateway-connection.js';
import { toJson } from './json.js';
import { afterOf, printFields, showRead, type ReadMoneyOptions } from './money.command.js';
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

export interface ListAccountsOptions extends ReadMoneyOptions {
  readonly prefix?: string;
  readonly state?: 'open' | 'frozen' | 'deleted';
  readonly from?: string;
  readonly to?: string;
  readonly currency?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** A page of them, as one datacenter knows them. */
export async function listAccounts(
  options: ListAccountsOptions,
  terminal: Terminal,
): Promise<number> {
  const { prefix, state, from, to, currency, limit, cursor } = options;
  const search = {
    limit,
    ...(prefix !== undefined && { prefix }),
    ...(state !== undefined && { state }),
    ...(from !== undefined && { createdFrom: from }),
    ...(to !== undefined && { createdTo: to }),
    ...(currency !== undefined && { currency }),
    ...(cursor !== undefined && { cursor }),
  };
  const read = await findBilling(options, terminal).accounts.list(search, afterOf(options));
  const exitCode = showRead(read, options, terminal, () => []);
  if (options.json) return exitCode;
  const { accounts, nextCursor } = read.body;
  const columns = ['account', 'state', 'currency', 'opened', 'username'];
  const rows = accounts.map((account) =>
    [
      account.accountId,
      account['state'],
      account.currency,
      account['createdAt'],
      account.username,
    ].map(String),
  );
  if (rows.length === 0) terminal.print('no accounts');
  else for (const line of formatTable(columns, rows)) terminal.print(line);
  if (nextCursor !== null) terminal.print(`more: --cursor ${nextCursor}`);
  return exitCode;
}
