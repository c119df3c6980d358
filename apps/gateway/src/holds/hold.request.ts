import {
  describeReferenceViolation,
  type AuthoriseHoldRequest,
  type CaptureHoldRequest,
  type ExtendHoldRequest,
  type VoidHoldRequest,
} from '@billing/contracts';
import { Type } from 'typebox';
import {
  amountViolation,
  currencyViolation,
  findViolations,
  metadataViolation,
  optional,
  requireObject,
  type Body,
  type FieldCheck,
} from '../http/body-checks.js';
import {
  amountSchema,
  bodySchema,
  currencySchema,
  mayLack,
  metadataSchema,
  referenceSchema,
} from '../http/field-schemas.js';
import {
  exactPayOutChecks,
  readKey,
  readNotes,
  readPayOut,
  type DeadlineLimits,
  type PayOutHeaders,
} from '../pay-outs/pay-out.request.js';

// What the coordinator's limit is it knows itself; this is what can be said at all.
const HELD_FOR_MS_MAX = 4_294_967_295;

const durationSchema = Type.Integer({
  minimum: 1,
  maximum: HELD_FOR_MS_MAX,
  description: 'From the arrival on; at most what the coordinator allows.',
});

const holdChecks: readonly FieldCheck<DeadlineLimits>[] = [
  ...exactPayOutChecks,
  ['heldForMs', optional(durationViolation), mayLack(durationSchema)],
];

const captureChecks: readonly FieldCheck[] = [
  ['amount', amountViolation, amountSchema],
  ['currency', currencyViolation, currencySchema],
  ['reference', describeReferenceViolation, mayLack(referenceSchema)],
  ['metadata', optional(metadataViolation), mayLack(metadataSchema)],
];

const extensionChecks: readonly FieldCheck[] = [['heldForMs', durationViolation, durationSchema]];

export const holdBody = bodySchema('HoldOrder', holdChecks);
export const captureBody = bodySchema('CaptureOrder', captureChecks);
export const voidBody = bodySchema('VoidOrder', []);
export const extensionBody = bodySchema('HoldExtension', extensionChecks);

/** A hold as a client wants it. @throws HttpProblem that names every violation */
export function readHold(
  given: unknown,
  headers: PayOutHeaders,
  limits: DeadlineLimits,
): AuthoriseHoldRequest {
  const {
    charge: _charge,
    upTo: _upTo,
    ...request
  } = readPayOut(given, headers, limits, holdChecks);
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
  const { amount, currency } = body;
  return {
    ...key,
    holdId,
    amount: amount as string,
    currency: currency as string,
    ...readNotes(body),
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
  return { body, ...readKey(headers, findViolations(body, checks, undefined)) };
}

function durationViolation(value: unknown): string | undefined {
  const isRight =
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= HELD_FOR_MS_MAX;
  return isRight ? undefined : 'must be a whole number of milliseconds';
}
