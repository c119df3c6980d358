import { randomUUID } from 'node:crypto';
import { exitCodes, usageError } from './cli.errors.js';
import { confirm } from './confirmation.js';
import { findAnyGateway, findGateway } from './gateway-connection.js';
import { toJson } from './json.js';
import type { ConnectionOptions } from './node-connection.js';
import type { Terminal } from './terminal.js';

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
