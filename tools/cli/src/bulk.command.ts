import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { BulkItem, ChargeOrder, PayOutOrder } from '@billing/client';
import type { Command } from 'commander';
import { parseJsonObject } from './argument-parsers.js';
import { exitCodes, explainClientError, usageError } from './cli.errors.js';
import { confirm } from './confirmation.js';
import { withNearest } from './connection-flags.js';
import { findBilling } from './gateway-connection.js';
import type { ConnectionOptions } from './node-connection.js';
import type { Terminal } from './terminal.js';

export interface BulkOptions extends ConnectionOptions {
  readonly yes?: boolean;
}

type Item = BulkItem<PayOutOrder & ChargeOrder>;

const toldEvery = 1_000;

/** Beside what else is done with pay-outs. */
export function addBulks(
  program: Command,
  payOuts: Command,
  terminal: Terminal,
  end: (exitCode: number) => void,
): void {
  const charges = program.command('charges').description('pay-outs by services');
  for (const [what, command, description] of [
    ['payOuts', payOuts, 'pays many, and prints a result a line'],
    ['charges', charges, 'the same of charges'],
  ] as const) {
    withNearest(command.command('bulk').description(description))
      .argument('<file>', 'one a line, as JSON, each with its idempotencyKey')
      .option('--yes', 'do not ask')
      .action(async (file: string, options: BulkOptions) =>
        end(await payBulk(what, file, options, terminal)),
      );
  }
}

/**
 * A pay-out or a charge a line of the file, each under the key that it has, and a line for each result: the same file again
 * pays nothing twice.
 */
export async function payBulk(
  what: 'payOuts' | 'charges',
  file: string,
  options: BulkOptions,
  terminal: Terminal,
): Promise<number> {
  const { bulk } = findBilling(options, terminal);
  let count = 0;
  // All of it is one before anything of it is sent.
  for await (const _ of readItems(file)) count += 1;
  terminal.complain(`${count} of ${file}, each under its key`);
  if (count === 0) return exitCodes.done;
  await confirm(terminal, options.yes === true, 'pay them?');
  let [done, open, refused] = [0, 0, 0];
  for await (const { idempotencyKey, outcome } of bulk[what](readItems(file))) {
    done += 1;
    if (!(outcome instanceof Error)) {
      const { payOut, replayed } = outcome;
      terminal.print(JSON.stringify({ idempotencyKey, result: 'paid', replayed, payOut }));
    } else {
      // One that is none is refused, too.
      const code = explainClientError(outcome)?.exitCode;
      const isRefused = code === exitCodes.refused || code === exitCodes.usage;
      if (isRefused) refused += 1;
      else open += 1;
      const result = isRefused ? 'refused' : 'unknown';
      terminal.print(JSON.stringify({ idempotencyKey, result, error: outcome.message }));
    }
    if (done % toldEvery === 0) terminal.complain(`${done} of ${count}`);
  }
  terminal.complain(
    `paid: ${done - refused - open}, refused: ${refused}, not known, or not begun: ${open}` +
      (open > 0 ? '; the same file again tells' : ''),
  );
  if (open > 0) return exitCodes.unreachable;
  return refused > 0 ? exitCodes.refused : exitCodes.done;
}

async function* readItems(file: string): AsyncGenerator<Item> {
  let number = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(file) })) {
      number += 1;
      if (line.trim() !== '') yield readItem(line, `${file}:${number}`);
    }
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === undefined
      ? error
      : usageError((error as Error).message);
  }
}

/** @throws CliError */
function readItem(line: string, where: string): Item {
  let item: Record<string, unknown>;
  try {
    item = parseJsonObject(line);
  } catch {
    throw usageError(`${where}: must be a JSON object`);
  }
  const { idempotencyKey, ...order } = item;
  if (typeof idempotencyKey !== 'string' || idempotencyKey === '') {
    throw usageError(`${where}: idempotencyKey is missing: the file could not be sent again`);
  }
  if ('home' in order) throw usageError(`${where}: home: the key names it`);
  return { order: order as unknown as Item['order'], idempotencyKey };
}
