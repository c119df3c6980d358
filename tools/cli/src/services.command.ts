import type { PricedService, Service } from '@billing/client';
import { formatRows } from '@billing/cluster';
import { exitCodes } from './cli.errors.js';
import { confirm } from './confirmation.js';
import { findBilling } from './gateway-connection.js';
import { toJson } from './json.js';
import { afterOf, printFields, showRead, type ReadMoneyOptions } from './money.command.js';
import type { ConnectionOptions } from './node-connection.js';
import type { Terminal } from './terminal.js';

interface ChangeOptions extends ConnectionOptions {
  readonly json?: boolean;
}

export interface CreateServiceOptions extends ChangeOptions {
  readonly price: string;
  readonly currency: string;
  readonly unit?: string;
}

export interface RepriceOptions extends ChangeOptions {
  readonly price: string;
  readonly from?: string;
}

export interface RetireOptions extends ChangeOptions {
  readonly yes?: boolean;
}

export async function listServices(options: ReadMoneyOptions, terminal: Terminal): Promise<number> {
  const read = await findBilling(options, terminal).services(afterOf(options));
  if (options.json) {
    terminal.print(toJson(read.body));
    return exitCodes.done;
  }
  const rows = read.body.services.map(
    ({ id, name, price, currency, unit = '', retiredAt = '' }) => [
      id,
      name,
      price,
      currency,
      unit,
      retiredAt === '' ? '' : `retired ${retiredAt}`,
    ],
  );
  const head = ['service', 'name', 'price', 'currency', 'unit', ''];
  for (const line of formatRows([head, ...rows])) terminal.print(line);
  return exitCodes.done;
}

export async function showService(
  serviceId: string,
  options: ReadMoneyOptions,
  terminal: Terminal,
): Promise<number> {
  const read = await findBilling(options, terminal).service(serviceId, afterOf(options));
  return showRead(read, options, terminal, fieldsOf);
}

export async function createService(
  name: string,
  options: CreateServiceOptions,
  terminal: Terminal,
): Promise<number> {
  const { price, currency, unit } = options;
  const order = { name, price, currency, ...(unit !== undefined && { unit }) };
  return tell(await findBilling(options, terminal).createService(order), options, terminal);
}

export async function repriceService(
  serviceId: string,
  options: RepriceOptions,
  terminal: Terminal,
): Promise<number> {
  const { price, from } = options;
  const billing = findBilling(options, terminal);
  return tell(await billing.repriceService(serviceId, price, from), options, terminal);
}

export async function retireService(
  serviceId: string,
  options: RetireOptions,
  terminal: Terminal,
): Promise<number> {
  const billing = findBilling(options, terminal);
  const { body } = await billing.service(serviceId);
  terminal.complain(`retires service ${serviceId}, ${body.name}, for good`);
  await confirm(terminal, options.yes === true, 'do it?');
  return tell(await billing.retireService(serviceId), options, terminal);
}

function tell(service: PricedService, { json }: ChangeOptions, terminal: Terminal): number {
  if (json) terminal.print(toJson(service));
  else printFields(terminal, fieldsOf(service));
  return exitCodes.done;
}

function fieldsOf(service: Service & Partial<PricedService>) {
  const { id, name, price, currency, unit, retiredAt, prices = [] } = service;
  return [
    ['service', id],
    ['name', name],
    ['price', `${price} ${currency}`],
    ['unit', unit],
    ['retired', retiredAt],
    ...prices.map((one) => [one.validFrom ?? 'from the beginning', one.price] as const),
  ] as const;
}
