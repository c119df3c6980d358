/**
 * A pay-in got no receipt before its deadline. The same command id may always be published again:
 * a ledger worker credits it once.
 */
export abstract class PayInUnpublishedError extends Error {
  abstract readonly code: string;
  readonly retryable = true;
}

/** It never left this process. */
export class PayInNotSentError extends PayInUnpublishedError {
  readonly code = 'PAY_IN_NOT_SENT';
  override readonly name = 'PayInNotSentError';
}

/** It was handed to the broker, which did not answer in time: it may be in the topic or not. */
export class PayInOutcomeUnknownError extends PayInUnpublishedError {
  readonly code = 'PAY_IN_OUTCOME_UNKNOWN';
  override readonly name = 'PayInOutcomeUnknownError';
}
