import { formatTable, makePrintable } from '@billing/cluster';
import {
  BULK_ACTS_MAX,
  formatMessageName,
  parseMessageName,
  type MessageName,
} from '@billing/contracts';
import { formatMessageArgument } from './argument-parsers.js';
import { exitCodes, usageError } from './cli.errors.js';
import { confirm } from './confirmation.js';
import { findGateway, type Gateway } from './gateway-connection.js';
import { toJson } from './json.js';
import type { ConnectionOptions } from './node-connection.js';
import type { Terminal } from './terminal.js';

export interface ActOptions extends ConnectionOptions {
  readonly note?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export interface BulkOptions extends ActOptions {
  /** Every open letter that fits the filters. */
  readonly all?: boolean;
  readonly reason?: string;
  readonly account?: string;
}

export interface CorrectOptions extends ActOptions {
  readonly command?: string;
  readonly account: string;
  readonly amount: string;
  readonly currency: string;
  readonly reference?: string;
  readonly metadata?: Record<string, unknown>;
  readonly note: string;
}

interface ActResult {
  readonly id: string;
  readonly result: string;
  readonly reason?: string;
  readonly detail?: string;
}

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly nextCursor: string | null;
}

const pageSize = 200;
const doneWords: Readonly<Record<string, string>> = { replay: 'replays', discard: 'discards' };

/** `dead-letters replay` and `discard`: those that are named, or all that fit. */
export async function actOnLetters(
  act: 'replay' | 'discard',
  names: readonly MessageName[],
  options: BulkOptions,
  terminal: Terminal,
): Promise<number> {
  const { all, reason, account, note } = options;
  requireEither(names, all === true, reason !== undefined || account !== undefined);
  const gateway = findGateway(options, terminal);
  const ids = all
    ? await findAll(gateway, '/v1/dead-letters', { status: 'open', reason, accountId: account })
    : names.map(formatMessageName);
  if (ids.length === 0) return showResults([], options, terminal);
  terminal.complain(`${gateway.name}: ${doneWords[act]} ${ids.length} dead letters`);
  await confirm(terminal, options.yes === true, `${act} them?`);
  const results = await inChunks(ids, (chunk) =>
    gateway.post('/v1/dead-letters/bulk', { act, ids: chunk, ...(note && { note }) }),
  );
  return showResults(results, options, terminal);
}

export async function correctLetter(
  name: MessageName,
  options: CorrectOptions,
  terminal: Terminal,
): Promise<number> {
  const { command: commandId, account: accountId, amount, currency, note } = options;
  const { reference, metadata } = options;
  const gateway = findGateway(options, terminal);
  const path = `/v1/dead-letters/${formatMessageName(name)}`;
  const letter = await gateway.get<{ reason: string; value: { text: string | null } | null }>(path);
  terminal.complain(`${gateway.name}: ${makePrintable(letter.value?.text ?? 'no text')}`);
  terminal.complain(`credits ${amount} ${currency} to account ${accountId} instead`);
  await confirm(terminal, options.yes === true, 'correct it?');
  const payIn = { commandId, accountId, amount, currency, reference, metadata };
  const { id, result, reason, detail } = await gateway.post<ActResult>(`${path}/correct`, {
    payIn,
    note,
  });
  const refusal = result === 'refused' ? { reason: reason ?? '', detail: detail ?? '' } : {};
  return showResults([{ id, result, ...refusal }], options, terminal);
}

/** Those that are named; all when none is. */
export async function retryParked(
  names: readonly MessageName[],
  options: ActOptions,
  terminal: Terminal,
): Promise<number> {
  const gateway = findGateway(options, terminal);
  const { note } = options;
  const ids = names.map(formatMessageName);
  const { results } = await gateway.post<{ results: ActResult[] }>('/v1/parked-pay-ins/retry', {
    ...(ids.length > 0 && { ids }),
    ...(note && { note }),
  });
  return showResults(results, options, terminal);
}

export async function discardParked(
  names: readonly MessageName[],
  options: BulkOptions,
  terminal: Terminal,
): Promise<number> {
  requireEither(names, options.all === true, false);
  const gateway = findGateway(options, terminal);
  const ids = options.all
    ? await findAll(gateway, '/v1/parked-pay-ins', {})
    : names.map(formatMessageName);
  if (ids.length === 0) return showResults([], options, terminal);
  terminal.complain(`${gateway.name}: discards ${ids.length} parked pay-ins`);
  await confirm(terminal, options.yes === true, 'discard them?');
  const results = await inChunks(ids, (chunk) =>
    gateway.post('/v1/parked-pay-ins/discard', { ids: chunk, note: options.note }),
  );
  return showResults(results, options, terminal);
}

function requireEither(names: readonly MessageName[], all: boolean, isFiltered: boolean): void {
  if (names.length > 0 && !all && !isFiltered) return;
  if (names.length === 0 && all) return;
  throw usageError(
    'name the messages as the list does, or say --all (of dead letters with --reason, --account)',
  );
}

async function findAll(
  gateway: Gateway,
  path: string,
  filters: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(pageSize) });
    for (const [name, value] of Object.entries({ ...filters, cursor: cursor ?? undefined })) {
      if (value !== undefined) query.set(name, value);
    }
    const page: Page = await gateway.get<Page>(`${path}?${query}`);
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

async function inChunks(
  ids: readonly string[],
  send: (chunk: readonly string[]) => Promise<{ results: ActResult[] }>,
): Promise<ActResult[]> {
  const results: ActResult[] = [];
  for (let start = 0; start < ids.length; start += BULK_ACTS_MAX) {
    results.push(...(await send(ids.slice(start, start + BULK_ACTS_MAX))).results);
  }
  return results;
}

/** @returns the exit code: refused when one was */
function showResults(
  results: readonly ActResult[],
  { json }: ActOptions,
  terminal: Terminal,
): number {
  const refused = results.filter(({ result }) => result === 'refused').length;
  if (json) terminal.print(toJson({ results }));
  else if (results.length === 0) terminal.print('there is none');
  else {
    const rows = results.map(({ id, result, reason, detail }) => {
      const name = parseMessageName(id);
      return [
        name === undefined ? id : formatMessageArgument(name),
        result,
        reason === undefined ? '-' : `${reason}: ${detail ?? ''}`,
      ];
    });
    for (const line of formatTable(['message', 'result', 'why'], rows)) terminal.print(line);
  }
  return refused > 0 ? exitCodes.refused : exitCodes.done;
}
