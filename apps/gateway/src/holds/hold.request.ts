import {
  describeReferenceViolation,
  readMetadata,
  type AuthoriseHoldRequest,
  type CaptureHoldRequest,
  type ExtendHoldRequest,
  type VoidHoldRequest,
} from '@billing/contracts';
import {
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
import {
  payOutChecks,
  readKey,
  readPayOut,
  type DeadlineLimits,
  type PayOutHeaders,
} from '../pay-outs/pay-out.request.js';

// What the coordinator's limit is it knows itself; this is what can be said at all.
const HELD_FOR_MS_MAX = 4_294_967_295;

const holdChecks: readonly FieldCheck<DeadlineLimits>[] = [
  ...payOutChecks,
  ['heldForMs', optional(durationViolation)],
];

const captureChecks: readonly FieldCheck[] = [
  ['amount', amountViolation],
  ['currency', currencyViolation],
  ['reference', describeReferenceViolation],
  ['metadata', optional(metadataViolation)],
];

const extensionChecks: readonly FieldCheck[] = [['heldForMs', durationViolation]];

/** A hold as a client wants it. @throws HttpProblem that names every violation */
export function readHold(
  given: unknown,
  headers: PayOutHeaders,
  limits: DeadlineLimits,
): AuthoriseHoldRequest {
  const request = readPayOut(given, headers, limits, holdChecks);
  const { heldForMs } = requireObject(given);
  return { ...request, heldForMs: (heldForMs as number | null | undefined) ?? 0 };
}

/** @throws HttpProblem that names every violation */
export function readCapture(
  holdId: string,
  given: unknown,
  headers: PayOutHeaders,
): CaptureHoldRequest {
  const { body, ...key } = readOperation(given, headers, captureChecks);
  const { amount, currency, reference, metadata } = body;
  return {
    ...key,
    holdId,
    amount: amount as string,
    currency: currency as string,
    reference: (reference as string | null | undefined) ?? '',
    metadataJson: isAbsent(metadata) ? '' : (readMetadata(metadata).text ?? ''),
  };
}

/** @throws HttpProblem that names every violation */
export function readVoid(holdId: string, given: unknown, headers: PayOutHeaders): VoidHoldRequest {
  const { idempotencyKey, homeNodeId } = readOperation(given ?? {}, headers, []);
  return { holdId, idempotencyKey, homeNodeId };
}

/** @throws HttpProblem that names every violation */
export function readExtension(
  holdId: string,
  given: unknown,
  headers: PayOutHeaders,
): ExtendHoldRequest {
  const { body, ...key } = readOperation(given, headers, extensionChecks);
  return { ...key, holdId, heldForMs: body['heldForMs'] as number };
}

function readOperation(
  given: unknown,
  headers: PayOutHeaders,
  checks: readonly FieldCheck[],
): { readonly body: Body; readonly idempotencyKey: string; readonly homeNodeId: number } {
  const body = requireObject(given);
  const errors = findViolations(body, checks, undefined);
  const key = readKey(headers, errors);
  if (errors.length > 0) throw HttpProblem.ofFields(errors);
  return { body, ...key };
}

function durationViolation(value: unknown): string | undefined {
  const isRight =
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= HELD_FOR_MS_MAX;
  return isRight ? undefined : 'must be a whole number of milliseconds';
}
