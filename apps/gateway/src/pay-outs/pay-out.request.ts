import {
  describeReferenceViolation,
  isIdempotencyKey,
  isServiceId,
  NODE_ID_MAX,
  parseDatacenter,
  readMetadata,
  SERVICE_ID_RULE,
  type Drain,
  type FieldViolation,
  type PayOutRequest,
  type PreviewPayOutRequest,
} from '@billing/contracts';
import {
  describeAmountViolation,
  describeMinimumViolation,
  isQuantity,
  parseAmount,
  parseMinimum,
  QUANTITY_RULE,
} from '@billing/money';
import { Type } from 'typebox';
import {
  accountIdViolation,
  amountViolation,
  currencyViolation,
  findViolations,
  isAbsent,
  metadataViolation,
  optional,
  requireObject,
  type Body,
  type FieldCheck,
} from '../http/body-checks.js';
import {
  accountIdSchema,
  amountSchema,
  bodySchema,
  currencySchema,
  mayLack,
  metadataSchema,
  quantitySchema,
  referenceSchema,
  serviceIdSchema,
} from '../http/field-schemas.js';
import { HttpProblem } from '../http/http-problem.js';

export interface DeadlineLimits {
  /** Of a request that names none. */
  readonly deadlineMs: number;
  readonly deadlineMaxMs: number;
}

/** As they came. */
export interface PayOutHeaders {
  readonly key: unknown;
  readonly home?: unknown;
}

export type PayOutCheck = FieldCheck<DeadlineLimits>;

const drains: Readonly<Record<string, Drain>> = {
  any: 'DRAIN_ANY',
  local_only: 'DRAIN_LOCAL_ONLY',
};

const drainSchema = mayLack(Type.Enum(Object.keys(drains), { default: 'any' }));

const deadlineSchema = Type.Integer({
  minimum: 1,
  description:
    'How long a drain may take; at most PAY_OUT_DEADLINE_MAX_MS of the gateway, which is 30000 unless set.',
});

export const previewChecks: readonly PayOutCheck[] = [
  ['accountId', accountIdViolation, accountIdSchema],
  ['amount', amountViolation, amountSchema],
  ['currency', currencyViolation, currencySchema],
  ['drain', optional(drainViolation), drainSchema],
];

const noteChecks: readonly PayOutCheck[] = [
  ['reference', describeReferenceViolation, mayLack(referenceSchema)],
  ['metadata', optional(metadataViolation), mayLack(metadataSchema)],
  ['deadlineMs', optional(deadlineViolation), mayLack(deadlineSchema)],
];

/** Of an exact amount. */
export const exactPayOutChecks: readonly PayOutCheck[] = [...previewChecks, ...noteChecks];

const exactAmountSchema = mayLack(
  Type.Unsafe<string>({
    ...amountSchema,
    title: 'ExactAmount',
    description:
      'Major units as a decimal string, above zero, at most 10^15 minor units, and with no more decimals than the currency has. It is said, unless upTo is.',
  }),
);

const upToSchema = mayLack(
  Type.Unsafe<string>({
    ...amountSchema,
    title: 'UpTo',
    description:
      'In the place of an amount: pays what there is, up to this, and says how much. Zero is an answer.',
  }),
);

const minimumSchema = mayLack(
  Type.Unsafe<string>({
    ...amountSchema,
    title: 'Minimum',
    description:
      'Beside upTo, and no more than it: what there has to be, else the pay-out is refused. Zero unless said.',
  }),
);

export const payOutChecks: readonly PayOutCheck[] = [
  ['accountId', accountIdViolation, accountIdSchema],
  ['amount', exactAmountViolation, exactAmountSchema],
  ['upTo', optional(amountViolation), upToSchema],
  ['minimum', optional(minimumViolation), minimumSchema],
  ['currency', currencyViolation, currencySchema],
  ['drain', optional(drainViolation), drainSchema],
  ...noteChecks,
];

export const chargeChecks: readonly PayOutCheck[] = [
  ['accountId', accountIdViolation, accountIdSchema],
  ['serviceId', (value) => (isServiceId(value) ? undefined : SERVICE_ID_RULE), serviceIdSchema],
  ['quantity', (value) => (isQuantity(value) ? undefined : QUANTITY_RULE), quantitySchema],
  ['drain', optional(drainViolation), drainSchema],
  ...noteChecks,
];

export const previewBody = bodySchema('PayOutPreviewOrder', previewChecks);
export const payOutBody = bodySchema('PayOutOrder', payOutChecks);
export const chargeBody = bodySchema('ChargeOrder', chargeChecks);

/** A pay-out as a client sent it. @throws HttpProblem that names every violation */
export function readPayOut(
  given: unknown,
  headers: PayOutHeaders,
  limits: DeadlineLimits,
  checks = payOutChecks,
): PayOutRequest {
  const body = requireObject(given);
  const { amount, currency, upTo, minimum } = body;
  return {
    ...readOrder(body, checks, headers, limits),
    amount: (amount as string | null | undefined) ?? '',
    currency: currency as string,
    charge: null,
    upTo: isAbsent(upTo)
      ? null
      : {
          upTo: upTo as string,
          minimum: (minimum as string | null | undefined) ?? '',
          exhausted: false,
          unreachableNodes: [],
        },
  };
}

/** A charge as a client sent it. @throws HttpProblem that names every violation */
export function readCharge(
  given: unknown,
  headers: PayOutHeaders,
  limits: DeadlineLimits,
  checks = chargeChecks,
): PayOutRequest {
  const body = requireObject(given);
  const { serviceId, quantity } = body;
  return {
    ...readOrder(body, checks, headers, limits),
    amount: '',
    currency: '',
    charge: { serviceId: serviceId as string, quantity: quantity as string, price: '', unit: '' },
    upTo: null,
  };
}

type Order = Omit<PayOutRequest, 'amount' | 'currency' | 'charge' | 'upTo'>;

function readOrder(
  body: Body,
  checks: readonly PayOutCheck[],
  headers: PayOutHeaders,
  limits: DeadlineLimits,
): Order {
  const key = readKey(headers, findViolations(body, checks, limits));
  const { accountId, drain, deadlineMs } = body;
  return {
    accountId: accountId as string,
    drain: toDrain(drain),
    ...readNotes(body),
    ...key,
    deadlineMs: (deadlineMs as number | null | undefined) ?? limits.deadlineMs,
  };
}

/**
 * A key and its home, 0: none beside the key.
 * @param errors of the body: told together with theirs
 * @throws HttpProblem that names every violation
 */
export function readKey(
  { key: idempotencyKey, home }: PayOutHeaders,
  errors: FieldViolation[],
): { readonly idempotencyKey: string; readonly homeNodeId: number } {
  const homeNodeId = home === undefined ? 0 : parseDatacenter(String(home));
  if (homeNodeId === undefined) {
    const message = `must be a datacenter, dc1 to dc${NODE_ID_MAX}`;
    errors.push({ field: 'Idempotency-Home', message });
  }
  if (!isIdempotencyKey(idempotencyKey)) {
    const message = 'must be 1 to 255 printable ASCII characters';
    throw HttpProblem.ofFields([...errors, { field: 'Idempotency-Key', message }]);
  }
  if (errors.length > 0) throw HttpProblem.ofFields(errors);
  return { idempotencyKey, homeNodeId: homeNodeId ?? 0 };
}

/** Of a body that was checked. */
export function readNotes({ reference, metadata }: Body): {
  readonly reference: string;
  readonly metadataJson: string;
} {
  return {
    reference: (reference as string | null | undefined) ?? '',
    metadataJson: isAbsent(metadata) ? '' : (readMetadata(metadata).text ?? ''),
  };
}

/** A pay-out that is only asked about. @throws HttpProblem that names every violation */
export function readPreview(given: unknown, limits: DeadlineLimits): PreviewPayOutRequest {
  const body = requireObject(given);
  const errors = findViolations(body, previewChecks, limits);
  if (errors.length > 0) throw HttpProblem.ofFields(errors);
  return readPlan(body);
}

function readPlan({ accountId, amount, currency, drain }: Body): PreviewPayOutRequest {
  return {
    accountId: accountId as string,
    amount: amount as string,
    currency: currency as string,
    drain: toDrain(drain),
  };
}

/** Wanted, unless it takes what there is. */
function exactAmountViolation(amount: unknown, body: Body): string | undefined {
  if (isAbsent(amount)) return isAbsent(body['upTo']) ? 'must be said, unless upTo is' : undefined;
  return isAbsent(body['upTo']) ? amountViolation(amount, body) : 'must be left out: upTo is said';
}

function minimumViolation(minimum: unknown, { upTo, currency }: Body): string | undefined {
  if (isAbsent(upTo)) return 'must be left out: only upTo has one';
  if (typeof minimum !== 'string') return describeAmountViolation('not_a_decimal', '');
  if (typeof currency !== 'string') return undefined;
  const minor = parseMinimum(minimum, currency);
  if (minor === 'unknown_currency') return undefined;
  if (typeof minor !== 'bigint') return describeMinimumViolation(minor, currency);
  const most = typeof upTo === 'string' ? parseAmount(upTo, currency) : undefined;
  return typeof most === 'bigint' && minor > most ? 'must be no more than upTo' : undefined;
}

function toDrain(drain: unknown): Drain {
  return drains[(drain as string | null | undefined) ?? 'any'] ?? 'DRAIN_ANY';
}

function drainViolation(value: unknown): string | undefined {
  const known = typeof value === 'string' && Object.hasOwn(drains, value);
  return known ? undefined : 'must be "any" or "local_only"';
}

function deadlineViolation(
  value: unknown,
  _body: Body,
  { deadlineMaxMs }: DeadlineLimits,
): string | undefined {
  const isRight =
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= deadlineMaxMs;
  return isRight ? undefined : `must be a whole number from 1 to ${deadlineMaxMs}`;
}
