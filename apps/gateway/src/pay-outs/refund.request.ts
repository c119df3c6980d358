import { describeReferenceViolation, type RefundPayOutRequest } from '@billing/contracts';
import {
  amountViolation,
  currencyViolation,
  findViolations,
  metadataViolation,
  optional,
  requireObject,
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
import { readKey, readNotes, type PayOutHeaders } from './pay-out.request.js';

const refundChecks: readonly FieldCheck[] = [
  ['amount', amountViolation, amountSchema],
  ['currency', currencyViolation, currencySchema],
  ['reference', describeReferenceViolation, mayLack(referenceSchema)],
  ['metadata', optional(metadataViolation), mayLack(metadataSchema)],
];

export const refundBody = bodySchema('RefundOrder', refundChecks);

/** A refund as a client sent it. @throws HttpProblem that names every violation */
export function readRefund(
  given: unknown,
  headers: PayOutHeaders,
): Omit<RefundPayOutRequest, 'payOutId'> {
  const body = requireObject(given);
  const key = readKey(headers, findViolations(body, refundChecks, undefined));
  return {
    amount: body['amount'] as string,
    currency: body['currency'] as string,
    ...readNotes(body),
    ...key,
  };
}
