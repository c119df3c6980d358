import type { BillingClient, Hold } from '@billing/client';
import { formatDatacenter } from '@billing/contracts';
import { exitCodes } from './cli.errors.js';
import { confirm } from './confirmation.js';
import { findBilling } from './gateway-connection.js';
import { toJson } from './json.js';
import {
  afterOf,
  agree,
  drainOf,
  moneyOf,
  orderOf,
  printFields,
  showRead,
  type Fields,
  type PayOptions,
  type ReadMoneyOptions,
} from './money.command.js';
import type { Terminal } from './terminal.js';

interface HoldOptions extends PayOptions {
  readonly heldFor?: number;
  readonly localOnly?: boolean;
}

type VoidOptions = Pick<PayOptions, 'home' | 'node' | 'key' | 'yes' | 'json'>;
type ExtendOptions = Omit<VoidOptions, 'yes'> & { readonly heldFor: number };

/** What is done on a hold, as each call of the client answers it. */
type Answer = Omit<Awaited<ReturnType<BillingClient['holds']['void']>>, 'answer'>;

/** Sets an amount aside, here or by a drain, until it is captured, voided or over. */
export async function authoriseHold(
  account: bigint,
  options: HoldOptions,
  terminal: Terminal,
): Promise<number> {
  const billing = findBilling(options, terminal);
  const { key = billing.createKey(), heldFor } = options;
  await agree('holds', 'of', `account ${account}`, key, options, terminal);
  const order = {
    ...orderOf(account, options),
    ...drainOf(options),
    ...(heldFor !== undefined && { heldForMs: heldFor }),
  };
  const { answer, ...made } = await billing.holds.authorise(order, key);
  return tell(made, answer, fieldsOf(answer), options, terminal);
}

/** With an amount that is unknown, the same again under its key tells. */
export async function captureHold(
  holdId: string,
  options: PayOptions,
  terminal: Terminal,
): Promise<number> {
  const { holds } = findBilling(options, terminal);
  const { key = holds.createKey(holdId) } = options;
  await agree('captures', 'of', `hold ${holdId}`, key, options, terminal);
  const { answer, ...made } = await holds.capture(holdId, moneyOf(options), key);
  const fields: Fields = [
    ['capture', answer.captureId],
    ['captured', answer.captured],
    ['unknown', answer.unknown],
    ['over', answer.over],
    ['refunded', answer.refunded],
    ...fieldsOf(answer.hold).filter(([name]) => name === 'hold' || name === 'left'),
  ];
  return tell(made, answer, fields, options, terminal);
}

/** Of what is confirmed of a capture. */
export async function refundCapture(
  ids: { readonly holdId: string; readonly captureId: string },
  options: PayOptions,
  terminal: Terminal,
): Promise<number> {
  const { holds } = findBilling(options, terminal);
  const { key = holds.createKey(ids.holdId) } = options;
  await agree('refunds', 'of', `capture ${ids.captureId}`, key, options, terminal);
  const { answer, ...made } = await holds.refund(ids, moneyOf(options), key);
  const fields: Fields = [
    ['refund', answer.refundId],
    ['hold', answer.holdId],
    ['capture', answer.captureId],
    ['account', answer.accountId],
    ['amount', `${answer.amount} ${answer.currency}`],
    ['refunded', answer.refunded],
    ['remaining', answer.remaining],
  ];
  return tell(made, answer, fields, options, terminal);
}

export async function voidHold(
  holdId: string,
  options: VoidOptions,
  terminal: Terminal,
): Promise<number> {
  const { holds } = findBilling(options, terminal);
  const { key = holds.createKey(holdId) } = options;
  terminal.complain(`gives back what is left of hold ${holdId}, under the key ${key}`);
  await confirm(terminal, options.yes === true, 'do it?');
  const { answer, ...made } = await holds.void(holdId, key);
  const fields: Fields = [
    ['hold', answer.hold.holdId],
    ['returned', answer.returned],
    ['unknown', answer.unknown],
  ];
  return tell(made, answer, fields, options, terminal);
}

export async function extendHold(
  holdId: string,
  options: ExtendOptions,
  terminal: Terminal,
): Promise<number> {
  const { holds } = findBilling(options, terminal);
  const { key = holds.createKey(holdId), heldFor } = options;
  const { answer, ...made } = await holds.extend(holdId, heldFor, key);
  const fields: Fields = [
    ['hold', answer.hold.holdId],
    ...answer.parts.map(
      ({ node, heldUntil }) => [formatDatacenter(node), heldUntil ?? 'not answered'] as const,
    ),
  ];
  return tell(made, answer, fields, options, terminal);
}

export async function showHold(
  holdId: string,
  options: ReadMoneyOptions,
  terminal: Terminal,
): Promise<number> {
  const found = await findBilling(options, terminal).findHold(holdId, afterOf(options));
  return showRead(found, options, terminal, fieldsOf);
}

function tell(
  { position, replayed, idempotencyKey, heardBy }: Answer,
  answer: object,
  fields: Fields,
  { json }: Pick<PayOptions, 'json'>,
  terminal: Terminal,
): number {
  if (json) {
    const more = { position, replayed, idempotencyKey, heardBy: formatDatacenter(heardBy) };
    terminal.print(toJson({ ...answer, ...more }));
    return exitCodes.done;
  }
  printFields(terminal, [
    ...fields,
    ['done', replayed ? 'before, under this key' : 'now'],
    ['position', position],
  ]);
  return exitCodes.done;
}

function fieldsOf(hold: Hold): Fields {
  const { holdId, accountId, amount, currency, status, parts, heldUntil } = hold;
  return [
    ['hold', holdId],
    ['account', accountId],
    ['amount', `${amount} ${currency}`],
    ['status', status],
    ['captured', hold.captured],
    ['unknown', hold.unknown],
    ['left', hold.held],
    ['returned', hold.returned],
    ['refunded', hold.refunded],
    ['from', parts.map((part) => `${formatDatacenter(part.node)} ${part.amount}`).join(', ')],
    ['until', heldUntil],
  ];
}
