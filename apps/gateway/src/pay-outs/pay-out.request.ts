import {
  describeReferenceViolation,
  isIdempotencyKey,
  NODE_ID_MAX,
  parseDatacenter,
  readMetadata,
  type Drain,
  type PayOutRequest,
  type PreviewPayOutRequest,
} from '@billing/contracts';
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
  referenceSchema,
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

type PayOutCheck = FieldCheck<DeadlineLimits>;

const drains: Readonly<Record<string, Drain>> = {
  any: 'DRAIN_ANY',
  local_only: 'DRAIN_LOCAL_ONLY',
};

const deadlineSchema = Type.Integer({
  minimum: 1,
  description:
    'How long a drain may take; at most PAY_OUT_DEADLINE_MAX_MS of the gateway, which is 30000 unless set.',
});

export const previewChecks: readonly PayOutCheck[] = [
  ['accountId', accountIdViolation, accountIdSchema],
  ['amount', amountViolation, amountSchema],
  ['currency', currencyViolation, currencySchema],
  ['drain', optional(drainViolation), mayLack(Type.Enum(Object.keys(drains), { default: 'any' }))],
];

export const payOutChecks: readonly PayOutCheck[] = [
  ...previewChecks,
  ['reference', describeReferenceViolation, mayLack(referenceSchema)],
  ['metadata', optional(metadataViolation), mayLack(metadataSchema)],
  ['deadlineMs', optional(deadlineViolation), mayLack(deadlineSchema)],
];

export const previewBody = bodySchema('PayOutPreviewOrder', previewChecks);
export const payOutBody = bodySchema('PayOutOrder', payOutChecks);

/** A pay-out as a client sent it. @throws HttpProblem that names every violation */
export function readPayOut(
  given: unknown,
  headers: PayOutHeaders,
  limits: DeadlineLimits,
): PayOutRequest {
  const body = requireObject(given);
  const errors = findViolations(body, payOutChecks, limits);
  const { key: idempotencyKey, home } = headers;
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
  const { reference, metadata, deadlineMs } = body;
  const { accountId, amount, currency, drain } = readPlan(body);
  return {
    accountId,
    amount,
    currency,
    drain,
    reference: (reference as string | null | undefined) ?? '',
    metadataJson: isAbsent(metadata) ? '' : (readMetadata(metadata).text ?? ''),
    idempotencyKey,
    deadlineMs: (deadlineMs as number | null | undefined) ?? limits.deadlineMs,
    homeNodeId: homeNodeId ?? 0,
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
    drain: drains[(drain as string | null | undefined) ?? 'any'] ?? 'DRAIN_ANY',
  };
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
