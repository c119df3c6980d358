import { randomUUID } from 'node:crypto';
import type { AccountOperation } from '@billing/client';
import { formatTable, toTheRight } from '@billing/cluster';
import { formatDatacenter } from '@billing/contracts';
import { exitCodes, usageError } from './cli.errors.js';
import { confirm } from './confirmation.js';
import { findAnyGateway, findBilling, findGateway } from './gateway-connection.js';
import { toJson } from './json.js';
import { afterOf, printFields, showRead, type ReadMoneyOptions } from './money.command.js';
import type { ConnectionOptions } from './node-connection.js';
import type { Terminal } from './terminal.js';

export interface OpenAccountOptions extends ConnectionOptions {
  readonly currency?: string;
  readonly balance?: string;
  readonly key?: string;
  readonly json?: boolean;
}

export interface ListOperationsOptions extends ReadMoneyOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly type?: string;
  readonly since?: string;
  readonly until?: string;
  /** Below each operation what it did to the part of each datacenter. */
  readonly entries?: boolean;
}

interface AccountActOptions extends ConnectionOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

export interface DeleteAccountOptions extends AccountActOptions {
  readonly force?: boolean;
  readonly reason?: string;
}

export interface CorrectAccountOptions extends AccountActOptions {
  readonly amount: string;
  readonly currency: string;
  readonly reason: string;
  readonly key?: string;
}

interface Correction {
  readonly correctionId: string;
  readonly currency: string;
  readonly balance: string;
}

/** At the datacenter that is meant, which is its home. */
export async function openAccount(
  username: string,
  options: OpenAccountOptions,
  terminal: Terminal,
): Promise<number> {
  const billing = findBilling(options, terminal);
  const { currency, balance, key = billing.createKey() } = options;
  terminal.complain(`opens an account of ${username}, under the key ${key}`);
  const order = {
    username,
    ...(currency !== undefined && { currency }),
    ...(balance !== undefined && { initialBalance: balance }),
  };
  const { account, position, replayed, heardBy } = await billing.openAccount(order, key);
  const home = formatDatacenter(heardBy);
  if (options.json) {
    terminal.print(toJson({ ...account, position, replayed, idempotencyKey: key, heardBy: home }));
    return exitCodes.done;
  }
  printFields(terminal, [
    ['account', account.accountId],
    ['username', account.username],
    ['currency', account.currency],
    ['home', home],
    ['opened', replayed ? 'before, under this key' : 'now'],
    ['position', position],
  ]);
  return exitCodes.done;
}

/** What it has, as one datacenter sees it, and where. */
export async function showBalance(
  id: bigint,
  options: ReadMoneyOptions,
  terminal: Terminal,
): Promise<number> {
  const read = await findBilling(options, terminal).balance(String(id), afterOf(options));
  const exitCode = showRead(read, options, terminal, (balance) => [
    ['account', balance.accountId],
    ['total', `${balance.total} ${balance.currency}`],
    ['spendable', balance.spendable],
    ['stranded', balance.stranded],
    ['reserved', balance.reserved],
    ['clawback', balance.clawback],
    ['seen by', formatDatacenter(read.heardBy)],
  ]);
  if (options.json) return exitCode;
  const columns = ['part', toTheRight('balance'), toTheRight('reserved'), 'reached', 'as of'];
  const rows = read.body.parts.map((part) => [
    formatDatacenter(part.node),
    part.balance,
    part.reserved,
    part.reachable ? 'yes' : 'no',
    part.asOf ?? 'not known here',
  ]);
  terminal.print('');
  for (const line of formatTable(columns, rows)) terminal.print(line);
  return exitCode;
}

/** A page of its history, an operation a line, newest first. */
export async function listOperations(
  id: bigint,
  options: ListOperationsOptions,
  terminal: Terminal,
): Promise<number> {
  const { limit, cursor, type, since, until } = options;
  const page = {
    limit,
    ...(cursor !== undefined && { cursor }),
    ...(type !== undefined && { type }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
  const billing = findBilling(options, terminal);
  const read = await billing.operations(String(id), page, afterOf(options));
  const exitCode = showRead(read, options, terminal, () => []);
  if (options.json) return exitCode;
  const { operations, nextCursor } = read.body;
  const columns = ['at', 'nodes', 'what', 'status', toTheRight('amount'), 'operation', 'reference'];
  const rows = operations.flatMap((operation) => [
    describeOperation(operation),
    ...(options.entries ? operation.entries.map(describeEntry) : []),
  ]);
  if (rows.length === 0) terminal.print('no operations');
  else for (const line of formatTable(columns, rows)) terminal.print(line);
  if (nextCursor !== null) terminal.print(`older ones: --cursor ${nextCursor}`);
  return exitCode;
}

function describeOperation(operation: AccountOperation): string[] {
  const { at, type, status, amount, operationId, reference } = operation;
  const nodes = [...new Set(operation.entries.map(({ node }) => node))].sort((a, b) => a - b);
  const places = nodes.map(formatDatacenter).join(',');
  return [at, places, type, status ?? '-', amount, operationId, reference ?? '-'];
}

function describeEntry({ at, node, type, amount }: AccountOperation['entries'][number]): string[] {
  return [`  ${at}`, formatDatacenter(node), `  ${type}`, '', amount, '', ''];
}

/** Through any gateway: the account's home node decides. */
export async function deleteAccount(
  id: bigint,
  options: DeleteAccountOptions,
  terminal: Terminal,
): Promise<number> {
  const { force = false, reason } = options;
  if (force && reason === undefined) throw usageError('--force wants a --reason');
  const gateway = findAnyGateway(options, terminal);
  const what = force ? 'whatever is in it' : 'once it is empty everywhere';
  terminal.complain(`${gateway.name}: deletes account ${id} for good, ${what}`);
  await confirm(terminal, options.yes === true, 'delete it?');
  const query = new URLSearchParams({
    ...(force && { force: 'true' }),
    ...(reason !== undefined && { reason }),
  });
  await gateway.delete(`/v1/accounts/${id}?${query}`);
  if (options.json) terminal.print(toJson({ accountId: id, deleted: true }));
  else terminal.print(`account ${id} is deleted`);
  return exitCodes.done;
}

/** Of one datacenter's part. */
export async function correctAccount(
  id: bigint,
  options: CorrectAccountOptions,
  terminal: Terminal,
): Promise<number> {
  const { amount, currency, reason, key = randomUUID() } = options;
  const gateway = findGateway(options, terminal);
  const [verb, where] = amount.startsWith('-') ? ['takes', 'from'] : ['adds', 'to'];
  const size = amount.replace(/^-/, '');
  // With the key: who gets no answer can ask again under it, and it is done once.
  terminal.complain(
    `${gateway.name}: ${verb} ${size} ${currency} ${where} its part of account ${id}, under the key ${key}`,
  );
  await confirm(terminal, options.yes === true, 'correct it?');
  const path = `/v1/accounts/${id}/corrections`;
  const made = await gateway.post<Correction>(path, { amount, currency, reason }, key);
  if (options.json) terminal.print(toJson({ ...made, idempotencyKey: key }));
  else {
    terminal.print(
      `${gateway.name}: account ${id} has ${made.balance} ${made.currency} now; correction ${made.correctionId}`,
    );
  }
  return exitCodes.done;
}
