import type { BillingClient, Read } from '@billing/client';
import { formatRows } from '@billing/cluster';
import { formatDatacenter, homeOfKey } from '@billing/contracts';
import { exitCodes, usageError } from './cli.errors.js';
import { confirm } from './confirmation.js';
import { findBilling } from './gateway-connection.js';
import { toJson } from './json.js';
import type { ConnectionOptions } from './node-connection.js';
import type { Terminal } from './terminal.js';

export interface PayOptions extends ConnectionOptions {
  readonly amount: string;
  readonly currency: string;
  readonly reference?: string;
  readonly metadata?: Record<string, unknown>;
  readonly key?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export interface PayOutOptions extends Omit<PayOptions, 'amount'> {
  readonly amount?: string;
  readonly upTo?: string;
  readonly minimum?: string;
  readonly localOnly?: boolean;
}

export interface ChargeOptions extends Omit<PayOptions, 'amount' | 'currency'> {
  readonly localOnly?: boolean;
  readonly service: string;
  readonly quantity: string;
}

export interface ReadMoneyOptions extends ConnectionOptions {
  /** Positions, as answers give them. */
  readonly after?: string;
  readonly json?: boolean;
}

/** Has it taken by whichever datacenter answers; `pay-ins show` tells what became of it. */
export async function payIn(
  account: bigint,
  options: PayOptions,
  terminal: Terminal,
): Promise<number> {
  const billing = findBilling(options, terminal);
  const { key = billing.createKey() } = options;
  if (!homeOfKey(key)) {
    throw usageError(
      '--key of a pay-in is a UUID with its home behind it, as this command says it: <uuid>@dc1',
    );
  }
  await agree('pays', 'into', `account ${account}`, key, options, terminal);
  const taken = await billing.payIn(orderOf(account, options), key);
  const { commandId, receipt, position, heardBy } = taken;
  if (options.json) {
    const fields = { commandId, receipt, position, idempotencyKey: key };
    terminal.print(toJson({ ...fields, heardBy: formatDatacenter(heardBy) }));
    return exitCodes.done;
  }
  printFields(terminal, [
    ['receipt', receipt],
    ['command', commandId],
    ['taken by', formatDatacenter(heardBy)],
    ['position', position],
  ]);
  return exitCodes.done;
}

/** Whichever datacenter answers, it is paid once: its key's home decides. */
export async function payOut(
  account: bigint,
  options: PayOutOptions,
  terminal: Terminal,
): Promise<number> {
  const billing = findBilling(options, terminal);
  const { key = billing.createKey(), currency, amount, upTo, minimum } = options;
  if ((amount === undefined) === (upTo === undefined)) {
    throw usageError('a pay-out has an --amount, or --up-to one');
  }
  if (minimum !== undefined && upTo === undefined) throw usageError('--minimum goes with --up-to');
  const asked = amount ?? `up to ${upTo}`;
  await agree('pays', 'out of', `account ${account}`, key, { ...options, amount: asked }, terminal);
  const rest = { accountId: String(account), currency, ...notesOf(options), ...drainOf(options) };
  const order =
    upTo === undefined
      ? { ...rest, amount: amount! }
      : { ...rest, upTo, ...(minimum !== undefined && { minimum }) };
  return tellPaid(await billing.payOut(order, key), options, terminal);
}

/** A pay-out of what a service costs. */
export async function charge(
  account: bigint,
  options: ChargeOptions,
  terminal: Terminal,
): Promise<number> {
  const billing = findBilling(options, terminal);
  const { key = billing.createKey(), service: serviceId, quantity } = options;
  const { body: service } = await billing.service(serviceId);
  const unit = service.unit === undefined ? '' : `${service.unit} of `;
  terminal.complain(
    `charges account ${account} for ${quantity} ${unit}${service.name} at ${service.price} ${service.currency}, under the key ${key}`,
  );
  await confirm(terminal, options.yes === true, 'do it?');
  const order = {
    accountId: String(account),
    serviceId,
    quantity,
    ...notesOf(options),
    ...drainOf(options),
  };
  return tellPaid(await billing.charge(order, key), options, terminal);
}

export function drainOf({ localOnly }: Pick<PayOutOptions, 'localOnly'>) {
  return localOnly ? { drain: 'local_only' as const } : {};
}

function tellPaid(
  made: Awaited<ReturnType<BillingClient['payOut']>>,
  options: { readonly json?: boolean },
  terminal: Terminal,
): number {
  const { idempotencyKey: key, position, replayed, heardBy } = made;
  if (options.json) {
    const fields = { ...made.payOut, position, replayed, idempotencyKey: key };
    terminal.print(toJson({ ...fields, heardBy: formatDatacenter(heardBy) }));
    return exitCodes.done;
  }
  printFields(terminal, [
    ...fieldsOf(made.payOut),
    ['paid', replayed ? 'before, under this key' : 'now'],
    ['position', position],
  ]);
  return exitCodes.done;
}

/** Of a pay-out, by its id: the datacenter that keeps it decides. */
export async function refund(
  payOutId: string,
  options: PayOptions,
  terminal: Terminal,
): Promise<number> {
  const billing = findBilling(options, terminal);
  const { key = billing.createRefundKey(payOutId) } = options;
  await agree('refunds', 'of', `pay-out ${payOutId}`, key, options, terminal);
  const made = await billing.refund({ payOutId, ...moneyOf(options) }, key);
  const { position, replayed, heardBy } = made;
  if (options.json) {
    const fields = { ...made.refund, position, replayed, idempotencyKey: key };
    terminal.print(toJson({ ...fields, heardBy: formatDatacenter(heardBy) }));
    return exitCodes.done;
  }
  const { refundId, accountId, amount, currency, refunded, remaining } = made.refund;
  printFields(terminal, [
    ['refund', refundId],
    ['pay-out', made.refund.payOutId],
    ['account', accountId],
    ['amount', `${amount} ${currency}`],
    ['refunded', refunded],
    ['remaining', remaining],
    ['made', replayed ? 'before, under this key' : 'now'],
    ['position', position],
  ]);
  return exitCodes.done;
}

export async function showPayIn(
  receipt: string,
  commandId: string,
  options: ReadMoneyOptions,
  terminal: Terminal,
): Promise<number> {
  const billing = findBilling(options, terminal);
  const status = await billing.payInStatus({ receipt, commandId }, afterOf(options));
  return showRead(status, options, terminal, ({ status, node, reason, detail }) => [
    ['status', status],
    ['node', node === undefined ? undefined : formatDatacenter(node)],
    ['reason', reason],
    ['detail', detail],
  ]);
}

export async function showPayOut(
  payOutId: string,
  options: ReadMoneyOptions,
  terminal: Terminal,
): Promise<number> {
  const found = await findBilling(options, terminal).findPayOut(payOutId, afterOf(options));
  return showRead(found, options, terminal, fieldsOf);
}

export function afterOf({ after = '' }: ReadMoneyOptions): { readonly after: string } {
  return { after };
}

export type Fields = readonly (readonly [string, string | undefined])[];

/** Who may see something else than what was written says so, and on stderr. */
export function showRead<T extends object>(
  { body, staleMs, heardBy }: Read<T>,
  { json }: { readonly json?: boolean },
  terminal: Terminal,
  toFields: (body: T) => Fields,
): number {
  const name = formatDatacenter(heardBy);
  if (staleMs !== undefined) {
    terminal.complain(`${name}: what --after names had not all arrived after ${staleMs} ms`);
  }
  if (json) terminal.print(toJson({ ...body, stale: staleMs !== undefined, heardBy: name }));
  else printFields(terminal, toFields(body));
  return exitCodes.done;
}

export function printFields(terminal: Terminal, fields: Fields): void {
  const rows = fields.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]]));
  for (const line of formatRows(rows)) terminal.print(line);
}

type PaidOut = Awaited<ReturnType<BillingClient['payOut']>>['payOut'];

function fieldsOf(payOut: PaidOut): Fields {
  const { payOutId, accountId, amount, currency, parts, decidedAt, charge, refunded } = payOut;
  const { upTo, minimum, exhausted, unreachableNodes } = payOut;
  return [
    ['pay-out', payOutId],
    ['account', accountId],
    ['amount', `${amount} ${currency}`],
    ['up to', upTo],
    ['minimum', minimum],
    ['exhausted', exhausted === undefined ? undefined : exhausted ? 'yes' : 'no'],
    ['not asked', unreachableNodes?.map(formatDatacenter).join(', ') || undefined],
    ['service', charge?.serviceId],
    ['quantity', charge && [charge.quantity, charge.unit].filter(Boolean).join(' ')],
    ['price', charge?.price],
    ['from', parts.map((part) => `${formatDatacenter(part.node)} ${part.amount}`).join(', ')],
    ['decided', decidedAt],
    ['refunded', refunded],
  ];
}

export function orderOf(account: bigint, options: PayOptions) {
  return { accountId: String(account), ...moneyOf(options) };
}

export function moneyOf(options: PayOptions) {
  const { amount, currency } = options;
  return { amount, currency, ...notesOf(options) };
}

function notesOf({ reference, metadata }: Pick<PayOptions, 'reference' | 'metadata'>) {
  return {
    ...(reference !== undefined && { reference }),
    ...(metadata !== undefined && { metadata }),
  };
}

/** With the key: who gets no answer can ask again under it, and it is done once. */
export async function agree(
  verb: string,
  where: string,
  what: string,
  key: string,
  { amount, currency, yes }: PayOptions,
  terminal: Terminal,
): Promise<void> {
  terminal.complain(`${verb} ${amount} ${currency} ${where} ${what}, under the key ${key}`);
  await confirm(terminal, yes === true, 'do it?');
}
