import type { AuthoriseHoldResponse } from './generated/billing/v1/AuthoriseHoldResponse.js';
import type { CaptureHoldResponse } from './generated/billing/v1/CaptureHoldResponse.js';
import type { ExtendHoldResponse } from './generated/billing/v1/ExtendHoldResponse.js';
import type { GetHoldResponse } from './generated/billing/v1/GetHoldResponse.js';
import type { Hold } from './generated/billing/v1/Hold.js';
import type { VoidHoldResponse } from './generated/billing/v1/VoidHoldResponse.js';

interface Answer {
  readonly hold: Hold | null;
}

/** proto3 cannot say that a message is always there; a coordinator answers nothing about a hold without it. */
export type WithHold<A extends Answer> = A & { hold: Hold };

export type AuthorisedHold = WithHold<AuthoriseHoldResponse>;
export type CapturedHold = WithHold<CaptureHoldResponse>;
export type VoidedHold = WithHold<VoidHoldResponse>;
export type ExtendedHold = WithHold<ExtendHoldResponse>;
export type FoundHold = WithHold<GetHoldResponse>;

export function hasHold<A extends Answer>(answer: A): answer is WithHold<A> {
  return answer.hold !== null;
}
