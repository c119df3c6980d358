import {
  isIdempotencyKey,
  NODE_ID_MAX,
  parseDatacenter,
  type PayOutRequest,
} from '@billing/contracts';
import { Type } from 'typebox';
import { isObject, optional, type Body } from '../http/body-checks.js';
import { bodySchema, mayLack } from '../http/field-schemas.js';
import { HttpProblem } from '../http/http-problem.js';
import type { BulkItems } from '../http/item-splitter.js';
import {
  chargeChecks,
  payOutChecks,
  readCharge,
  readPayOut,
  type DeadlineLimits,
  type PayOutCheck,
} from './pay-out.request.js';

export const BULK_ITEMS_MAX = 10_000;

/** An item as it came: what its route wants of it depends on settings. */
export interface GivenItem {
  readonly item: unknown;
}

/** Of pay-outs, of charges. */
export const givenItems: BulkItems<GivenItem> = {
  itemsMax: BULK_ITEMS_MAX,
  isStreamed: true,
  read: (item) => ({ item }),
};

/** What a single request has in its headers. */
const keyChecks: readonly PayOutCheck[] = [
  [
    'idempotencyKey',
    (key) => (isIdempotencyKey(key) ? undefined : 'must be 1 to 255 printable ASCII characters'),
    Type.String({ minLength: 1, maxLength: 255, pattern: '^[ -~]*$' }),
  ],
  [
    'home',
    optional((home) =>
      typeof home === 'string' && parseDatacenter(home) !== undefined
        ? undefined
        : `must be a datacenter, dc1 to dc${NODE_ID_MAX}`,
    ),
    mayLack(Type.String({ pattern: '^dc[1-9][0-9]?$' })),
  ],
];

const bulkPayOutChecks = [...payOutChecks, ...keyChecks];
const bulkChargeChecks = [...chargeChecks, ...keyChecks];

export const bulkPayOutBody = bodySchema('BulkPayOutOrder', bulkPayOutChecks);
export const bulkChargeBody = bodySchema('BulkChargeOrder', bulkChargeChecks);

type Read = typeof readPayOut;

/** @throws HttpProblem that names every violation */
export const readBulkPayOut = (given: unknown, limits: DeadlineLimits): PayOutRequest =>
  readItem(given, limits, readPayOut, bulkPayOutChecks);

/** @throws HttpProblem that names every violation */
export const readBulkCharge = (given: unknown, limits: DeadlineLimits): PayOutRequest =>
  readItem(given, limits, readCharge, bulkChargeChecks);

function readItem(
  given: unknown,
  limits: DeadlineLimits,
  read: Read,
  checks: readonly PayOutCheck[],
): PayOutRequest {
  if (!isObject(given)) throw HttpProblem.ofField('', 'must be a JSON object');
  const { idempotencyKey: key, home }: Body = given;
  try {
    return read(given, { key, home: home ?? undefined }, limits, checks);
  } catch (error) {
    if (!(error instanceof HttpProblem) || error.facts.errors === undefined) throw error;
    // Told by the names that an item has for them.
    throw HttpProblem.ofFields(
      error.facts.errors.filter(({ field }) => !field.startsWith('Idempotency-')),
    );
  }
}
