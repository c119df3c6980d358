import {
  describeReferenceViolation,
  isIdempotencyKey,
  NODE_ID_MAX,
  parseDatacenter,
  readMetadata,
  type Drain,
  type FieldViolation,
  type PayOutRequest,
  type PreviewPayOutRequest,
} from '@billing/contracts';
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

const previewChecks: readonly PayOutCheck[] = [
  ['accountId', accountIdViolation],
  ['amount', amountViolation],
  ['currency', currencyViolation],
  ['drain', optional(drainViolation)],
];

export const payOutChecks: readonly PayOutCheck[] = [
  ...previewChecks,
  ['reference', describeReferenceViolation],
  ['metadata', optional(metadataViolation)],
  ['deadlineMs', optional(deadlineViolation)],
];

/** A pay-out as a client sent it. @throws HttpProblem that names every violation */
export function readPayOut(
  given: unknown,
  headers: PayOutHeaders,
  limits: DeadlineLimits,
  checks = payOutChecks,
): PayOutRequest {
  const body = requireObject(given);
  const errors = findViolations(body, checks, limits);
  const { idempotencyKey, homeNodeId } = readKey(headers, errors);
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
    homeNodeId,
  };
}

/** @param errors what is wrong with them is added. @throws HttpProblem with all of these where there is no key */
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
  return { idempotencyKey, homeNodeId: homeNodeId ?? 0 };
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
