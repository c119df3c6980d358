import { fileURLToPath } from 'node:url';

export const OPERATIONS_SERVICE = 'Operations';

export const OPERATIONS_PROTO_FILE = fileURLToPath(
  new URL('../proto/billing/v1/operations.proto', import.meta.url),
);

export interface ActRequest {
  id: string;
  /** Empty: none. */
  note: string;
}

export interface CorrectDeadLetterRequest {
  id: string;
  note: string;
  /** Empty: the letter's own, or of a conflict one that is made up. */
  commandId: string;
  accountId: string;
  amount: string;
  currency: string;
  /** Empty: none. */
  reference: string;
  /** Empty: none. */
  metadataJson: string;
}

export interface ActResponse {
  id: string;
  result: string;
  reason: string;
  detail: string;
}

export interface ActOnDeadLettersRequest {
  act: string;
  ids: string[];
  note: string;
}

export interface ActsResponse {
  results: ActResponse[];
}

export interface RetryParkedPayInsRequest {
  ids: string[];
  note: string;
}

export interface RetryParkedPayInsResponse {
  results: ActResponse[];
  waiting: number;
}

export interface DiscardParkedPayInsRequest {
  ids: string[];
  note: string;
}

export interface CorrectBalanceRequest {
  accountId: string;
  /** With a sign: "-12.50" takes away. */
  amount: string;
  currency: string;
  reason: string;
  idempotencyKey: string;
}

export interface CorrectBalanceResponse {
  correctionId: string;
  balance: string;
  replayed: boolean;
}
