import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import type { AnswerHeader } from '../http/operation.js';

interface HeaderObject {
  readonly description: string;
  readonly required?: boolean;
  readonly schema: TSchema;
}

export type HeaderName =
  AnswerHeader | 'Billing-Stale' | 'Retry-After' | 'WWW-Authenticate' | 'X-Request-Id';

/** Every header of answers that means something to clients. */
export const answerHeaders: Readonly<Record<HeaderName, HeaderObject>> = {
  'Billing-Position': {
    description:
      'What was written, for Billing-After of later requests. Lacks where there is none to give.',
    schema: Type.String(),
  },
  'Billing-Stale': {
    description:
      'What Billing-After names has not arrived here: for how many milliseconds it was waited.',
    schema: Type.Integer({ minimum: 0 }),
  },
  'Cache-Control': { description: 'Whether it may be kept.', schema: Type.String() },
  'Idempotency-Key': {
    description: 'The key of the request, or the one that was made for it. On refusals, too.',
    schema: Type.String(),
  },
  'Idempotency-Replayed': {
    description: 'It was done by an earlier request under this key.',
    schema: Type.Literal('true'),
  },
  Location: { description: 'Where it can be read.', required: true, schema: Type.String() },
  'Retry-After': {
    description: 'Seconds until the same request may succeed.',
    schema: Type.Integer({ minimum: 0 }),
  },
  'WWW-Authenticate': {
    description: 'Bearer, and what the token lacks. Of each 401.',
    schema: Type.String(),
  },
  'X-Request-Id': {
    description: 'Of the request, or made for it. Lines of the log bear it.',
    schema: Type.String(),
  },
};
