import { formatRows, toTheRight } from '@billing/cluster';
import { formatAmount } from '@billing/money';
import {
  countFoundDeadLetters,
  countParkedPayIns,
  findDeadLetters,
  findParkedPayIns,
  showDeadLetter,
  type Letter,
  type LetterAct,
  type ParkedPayIn,
  type WholeLetter,
} from '@billing/database';
import { formatDatacenter, type MessageName } from '@billing/contracts';
import { formatMessageArgument } from './argument-parsers.js';
import { CliError, exitCodes } from './cli.errors.js';
import { toJson } from './json.js';
import { listingOf, printListing, type ListOptions } from './listing.js';
import { askNodes, type ConnectionOptions } from './node-connection.js';
import type { Terminal } from './terminal.js';

export async function listParked(options: ListOptions, terminal: Terminal): Promise<number> {
  const { answers, exitCode } = await askNodes(options, terminal, async ({ name, database }) =>
    listingOf(
      name,
      (await findParkedPayIns(database, { ...options, tenants: 'all' })).map(describeParked),
      (await countParkedPayIns(database)).parked,
    ),
  );
  return printListing(options, terminal, answers, exitCode, {
    what: 'parked pay-ins',
    columns: [
      'node',
      'message',
      'since',
      'account',
      toTheRight('amount'),
      'command',
      'waits for',
      'reference',
    ],
    toRow: (payIn) => [
      payIn.node,
      formatMessageArgument(payIn),
      payIn.parkedAt.toISOString(),
      String(payIn.accountId),
      `${formatAmount(payIn.amountMinor, payIn.currency)} ${payIn.currency}`,
      payIn.commandId,
      payIn.homeNodeId === undefined ? 'its account' : formatDatacenter(payIn.homeNodeId),
      payIn.reference ?? '-',
    ],
  });
}

export interface ListDeadLettersOptions extends ListOptions {
  readonly state?: string;
  readonly reason?: string;
  readonly account?: string;
}

export async function listLetters(
  options: ListDeadLettersOptions,
  terminal: Terminal,
): Promise<number> {
  const { state, reason, account: accountId, limit } = options;
  const wanted = { state, reason, accountId, tenants: 'all' } as const;
  const { answers, exitCode } = await askNodes(options, terminal, async ({ name, database }) =>
    listingOf(
      name,
      (await findDeadLetters(database, { ...wanted, limit })).map(describeSummary),
      await countFoundDeadLetters(database, wanted),
    ),
  );
  return printListing(options, terminal, answers, exitCode, {
    what: 'dead letters',
    columns: ['node', 'message', 'recorded', 'state', 'reason', 'account', 'detail'],
    toRow: (letter) => [
      letter.node,
      formatMessageArgument(letter),
      letter.recordedAt.toISOString(),
      letter.state,
      letter.reason,
      letter.accountId === undefined ? '-' : String(letter.accountId),
      letter.detail,
    ],
  });
}

export interface ShowLetterOptions extends ConnectionOptions {
  readonly json?: boolean;
}

/** At every node that is meant: each has messages of that name. */
export async function showLetter(
  name: MessageName,
  options: ShowLetterOptions,
  terminal: Terminal,
): Promise<number> {
  const { answers, exitCode } = await askNodes(
    options,
    terminal,
    async ({ name: node, database }) => ({
      node,
      letter: await showDeadLetter(database, name, 'all'),
    }),
  );
  const found = answers.flatMap(({ node, letter }) =>
    letter === undefined ? [] : [{ node, ...describeWhole(letter) }],
  );
  if (found.length === 0 && exitCode === exitCodes.done) {
    throw new CliError(exitCodes.refused, 'there is no dead letter of that name');
  }
  if (options.json) {
    terminal.print(
      toJson(
        found.map((l) => ({ ...l, key: describeBytes(l.key), value: describeBytes(l.value) })),
      ),
    );
    return exitCode;
  }
  for (const letter of found) for (const line of describeLetter(letter)) terminal.print(line);
  return exitCode;
}

type WholeFields = ReturnType<typeof describeWhole>;

function describeLetter(letter: WholeFields & { readonly node: string }): string[] {
  const fields: [string, string | undefined][] = [
    ['message', formatMessageArgument(letter)],
    ['node', letter.node],
    ['state', letter.state],
    ['reason', `${letter.reason}: ${letter.detail}`],
    ['recorded', letter.recordedAt.toISOString()],
    ['copy on topic', letter.publishedAt?.toISOString() ?? 'not yet'],
    ['resolved by', letter.resolvedBy],
    ['resolved', letter.resolvedAt?.toISOString()],
    ['account', letter.accountId?.toString()],
    ['command', letter.commandId],
    ['key', formatBytes(letter.key)],
    ['value', formatBytes(letter.value)],
    ...letter.acts.map((act): [string, string] => ['act', formatAct(act)]),
  ];
  return formatRows(fields.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
}

function formatAct({ at, clientId, act, result, note, commandId }: LetterAct): string {
  const bearing = commandId === undefined ? '' : `, command ${commandId}`;
  const why = note === undefined ? '' : `: ${note}`;
  return `${at.toISOString()} ${clientId}: ${act}, ${result}${bearing}${why}`;
}

interface DescribedBytes {
  readonly text: string | null;
  readonly base64: string;
}

/** Text only where it says all that the bytes say. */
export function describeBytes(bytes: Buffer | null): DescribedBytes | null {
  if (bytes === null) return null;
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(bytes);
  return { text: isText ? text : null, base64: bytes.toString('base64') };
}

function formatBytes(bytes: Buffer | null): string {
  const described = describeBytes(bytes);
  if (described === null) return 'none';
  return described.text ?? `not UTF-8; base64: ${described.base64}`;
}

// What is printed as JSON, field by field: what else the database tells is not for everybody's scripts.
function describeParked(payIn: ParkedPayIn) {
  const { topic, partition, offset, incarnation, commandId, accountId } = payIn;
  const { amountMinor, currency, reference, parkedAt, homeNodeId } = payIn;
  const name = { topic, partition, offset, incarnation };
  return { ...name, commandId, accountId, amountMinor, currency, reference, parkedAt, homeNodeId };
}

function describeSummary(letter: Letter) {
  const { topic, partition, offset, incarnation, commandId, accountId } = letter;
  const { reason, detail, state, recordedAt } = letter;
  const name = { topic, partition, offset, incarnation };
  return { ...name, commandId, accountId, reason, detail, state, recordedAt };
}

function describeWhole(letter: WholeLetter) {
  const { key, value, publishedAt, resolvedBy, resolvedAt, acts } = letter;
  return {
    ...describeSummary(letter),
    ...{ key, value, publishedAt, resolvedBy, resolvedAt, acts },
  };
}
